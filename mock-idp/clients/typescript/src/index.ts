/** The control API of mock-idp: what a test can tell a provider, typed from its OpenAPI file. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import createClient, { type Client } from "openapi-fetch";
import type { PathsWithMethod } from "openapi-typescript-helpers";
import type { components, paths } from "./schema.js";

export type { components, paths } from "./schema.js";

/** Everything that the API speaks of, such as `Schemas["Fault"]`. */
export type Schemas = components["schemas"];
/** A verb that does something, such as `/clock/advance`. */
export type Doing = PathsWithMethod<paths, "post">;
/** A verb that only looks, such as `/requests`. */
export type Looking = PathsWithMethod<paths, "get">;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Answer<Operation> = Operation extends { responses: { 200: infer Told } } ? Json<Told> : undefined;
type Body<P extends Doing> = paths[P]["post"] extends { requestBody: infer Sent } ? Json<Sent> : undefined;
type Query<P extends Looking> = paths[P]["get"] extends { parameters: { query?: infer Sent } } ? Sent : undefined;

/** A verb was refused: by RFC 9457, with what is wrong in `detail`. */
export class MockIdpError extends Error {
  constructor(readonly verb: string, readonly problem: Schemas["Problem"]) {
    super(`${verb}: ${problem.detail ?? problem.title}`);
    this.name = "MockIdpError";
  }
}

/** How a provider is started. */
export interface StartOptions {
  /** The program; by default `$MOCK_IDP`, or `mock-idp` on the PATH. */
  program?: string;
  /** What it is told, such as `["--flavour", "microsoft"]`. */
  args?: string[];
}

/** A provider, or a tenant of one. */
export class MockIdp {
  /** Its verbs, for what `do` and `look` do not say. */
  readonly api: Client<paths>;

  /** The provider that is called this. */
  constructor(readonly issuer: string, token?: string, private readonly process?: ChildProcess) {
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    this.api = createClient<paths>({ baseUrl: `${issuer}/_mock`, headers });
  }

  /** Starts a provider on a free port; `stop` ends it. */
  static async start({ program = process.env.MOCK_IDP ?? "mock-idp", args = [] }: StartOptions = {}): Promise<MockIdp> {
    const child = spawn(program, ["serve", "--port", "0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => { said = (said + text).slice(-4000); });
    // The issuer is the first line that it writes.
    const issuer = await new Promise<string>((found, failed) => {
      child.once("error", failed);
      child.once("close", (code) => failed(new Error(`${program} ended with ${code} before it was ready: ${said}`)));
      createInterface(child.stdout).once("line", found);
    });
    child.stdout.resume();
    return new MockIdp(issuer, undefined, child);
  }

  /** Ends the provider, where this started it. */
  async stop(): Promise<void> {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process?.once("exit", done));
    this.process.kill();
    await ended;
  }

  /** `await using idp = await MockIdp.start()` ends it with the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Where apps find it. */
  get discoveryUrl(): string {
    return `${this.issuer}/.well-known/openid-configuration`;
  }

  /** Has a verb done: `idp.do("/clock/advance", { seconds: 7200 })`. */
  async do<P extends Doing>(verb: P, ...sent: Body<P> extends undefined ? [] : [Body<P>]): Promise<Answer<paths[P]["post"]>> {
    // What the types say of each verb alone cannot be said of any.
    const { data, error } = await (this.api as Client<any>).POST(verb as never, { body: sent[0] ?? {} } as never);
    return answered(verb, data, error) as Answer<paths[P]["post"]>;
  }

  /** Looks: `idp.look("/requests", { place: "token" })`. */
  async look<P extends Looking>(verb: P, query?: Query<P>): Promise<Answer<paths[P]["get"]>> {
    const { data, error } = await (this.api as Client<any>).GET(verb as never, { params: { query } } as never);
    return answered(verb, data, error) as Answer<paths[P]["get"]>;
  }

  /** Tells a lie from now on: `idp.fault("id_token_claims", { set: { member: "aud", value: { literal: "other" } } })`. */
  fault(place: Schemas["Place"], effect: Schemas["Effect"], more: Omit<Schemas["Fault"], "place" | "effects"> = {}): Promise<Schemas["Told"]> {
    return this.do("/fault", { place, effects: [effect], ...more });
  }

  /** A provider of one's own under the same root: its clients, clock, keys and lies are nobody else's. */
  async tenant(options: { flavour?: string } = {}): Promise<MockIdp> {
    const { issuer } = await this.do("/create_tenant", options);
    return new MockIdp(issuer);
  }
}

function answered(verb: string, data: unknown, error: unknown): unknown {
  if (error) throw new MockIdpError(verb, error as Schemas["Problem"]);
  return data;
}
