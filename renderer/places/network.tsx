// Network.
export const NetworkPlace = () => (
  <div class="top">
    <h1>Network</h1>
  </div>
);
