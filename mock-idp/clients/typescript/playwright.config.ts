import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  use: {
    launchOptions: {
      // A browser of the system's own; without, the one that `npx playwright install chromium` fetches.
      executablePath: process.env.CHROMIUM,
      args: ["--no-sandbox"],
    },
  },
});
