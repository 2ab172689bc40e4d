// Drill.
export const DrillPlace = () => (
  <div class="top">
    <h1>Drill</h1>
  </div>
);
