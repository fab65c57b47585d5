/** A login app in a browser, with a provider of its own for each test. The app is jarvis; yours is started likewise. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { MockIdp, MockIdpError } from "../src/index.js";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" && address ? address.port : 0;
}

async function answers(url: string, app: ChildProcess): Promise<void> {
  while (app.exitCode === null) {
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    await new Promise((again) => setTimeout(again, 20));
  }
  throw new Error(`the app ended with ${app.exitCode}`);
}

const test = base.extend<{ idp: MockIdp; app: string }, { provider: MockIdp }>({
  /** One provider for all tests of a worker. */
  provider: [async ({}, use) => {
    const provider = await MockIdp.start();
    await use(provider);
    await provider.stop();
  }, { scope: "worker" }],

  /** A tenant of it for each test; every lie that a test tells has to be met. */
  idp: async ({ provider }, use) => {
    const idp = await provider.tenant();
    await use(idp);
    await idp.do("/verify");
  },

  /** The app, set up for that tenant. */
  app: async ({ idp }, use) => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const folder = await mkdtemp(join(tmpdir(), "login-"));
    const secrets = join(folder, "secrets.toml");
    await writeFile(secrets, await idp.do("/secrets_toml", { redirect_uri: `${url}/oauth2callback` }));
    const program = process.env.JARVIS ?? "jarvis";
    const app = spawn(program, ["--secrets", secrets, "--listen", `localhost:${port}`], { stdio: "ignore" });
    await answers(url, app);
    await use(url);
    app.kill();
    await rm(folder, { recursive: true });
  },
});

test("somebody chooses an account and is welcomed", async ({ page, app, idp }) => {
  await page.goto(app);
  await page.getByRole("link", { name: "Log in with Google" }).click();
  await page.getByText("alice@example.com").click();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Welcome, Alice Example!" })).toBeVisible();

  await idp.do("/assert", { question: "used_pkce_s256" });
  const { exchanges } = await idp.look("/requests", { place: "token" });
  expect(exchanges).toHaveLength(1);
});

test("an ID token for another app lets nobody in", async ({ page, app, idp }) => {
  await idp.do("/set_auto_login", { auto_login: "alice" });
  await idp.fault("id_token_claims", { set: { member: "aud", value: { literal: "another app" } } }, { count: { times: 1 } });
  await page.goto(`${app}/auth/login/google`);
  await expect(page.locator("main[data-reason]")).toHaveAttribute("data-reason", "id_token.aud");

  // The lie was told once: the next login is right.
  await page.goto(`${app}/auth/login/google`);
  await expect(page.getByRole("heading", { name: "Welcome, Alice Example!" })).toBeVisible();
});

test("what is refused says why", async ({ idp }) => {
  const refused = idp.fault("discovery", { set: { member: "iss", value: { literal: "x" } } }, { match: { persona: "alice" } });
  await expect(refused).rejects.toThrow(MockIdpError);
  await idp.do("/clock/freeze");
  const { unix_seconds } = await idp.do("/clock/advance", { seconds: 7200 });
  expect(unix_seconds).toBeGreaterThan(Date.now() / 1000 + 7100);
});
