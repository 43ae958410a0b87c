// SPDX-License-Identifier: Apache-2.0

const encoder = new TextEncoder();

/** Browsers and later Nodes have it at hand; Node 18 keeps it in a module. */
const { subtle } = globalThis.crypto ?? ((await import("node:crypto")).webcrypto as unknown as Crypto);

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Nanoseconds since the epoch. The exchange wants each request's to be fresh, not precise. */
function now(): string {
  return `${Date.now()}000000`;
}

/** An Ed25519 key with the name that the exchange knows it by, in WebCrypto: the same in Node and browser. */
export class Key {
  private constructor(
    readonly name: string,
    private readonly key: CryptoKey,
  ) {}

  /** From PKCS#8 PEM, as `gridbook keygen` writes it. */
  static async fromPem(name: string, pem: string): Promise<Key> {
    const base64 = pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, "");
    const der = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return new Key(name, await subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]));
  }

  async sign(text: string): Promise<string> {
    return toBase64(await subtle.sign({ name: "Ed25519" }, this.key, encoder.encode(text)));
  }

  /** The members of session.logon that answer the welcome's nonce. */
  async logon(nonce: string): Promise<{ key: string; ts: string; sig: string }> {
    const ts = now();
    return { key: this.name, ts, sig: await this.sign(`logon\n${nonce}\n${this.name}\n${ts}`) };
  }

  /** The headers of one signed HTTP request; each is good once and for 5 s. */
  async headers(method: string, target: string, body: string): Promise<Record<string, string>> {
    const ts = now();
    const digest = toHex(await subtle.digest("SHA-256", encoder.encode(body)));
    const signature = await this.sign(`${method}\n${target}\n${ts}\n${digest}`);
    return { "Gb-Key": this.name, "Gb-Timestamp": ts, "Gb-Signature": signature };
  }
}
