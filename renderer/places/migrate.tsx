// Migrate.
export const MigratePlace = () => (
  <div class="top">
    <h1>Migrate</h1>
  </div>
);
