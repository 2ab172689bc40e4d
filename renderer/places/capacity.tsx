// Capacity.
export const CapacityPlace = () => (
  <div class="top">
    <h1>Capacity</h1>
  </div>
);
