// Compare.
export const ComparePlace = () => (
  <div class="top">
    <h1>Compare</h1>
  </div>
);
