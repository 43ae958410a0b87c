// SPDX-License-Identifier: Apache-2.0
// The second client of the two: Node and the npm package ws, sharing nothing with the Python one but the protocol.
//   node peer.mjs URL KEY PEM_FILE
// It signs in by itself, then sends every line of its standard input as a frame, and prints every frame that it
// receives as a line. A lost connection ends it with status 3 after the line {"closed":CODE}.
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [url, keyName, pemFile] = process.argv.slice(2);
let WebSocket;
try {
    ({ default: WebSocket } = await import("ws"));
} catch {
    console.error("peer.mjs: the npm package ws is missing; run config/setup.sh test");
    process.exit(2);
}
const key = createPrivateKey(readFileSync(pemFile));
const socket = new WebSocket(`${url}/v1/trade`, { perMessageDeflate: false });

function logon(welcome) {
    const ts = `${BigInt(Date.now()) * 1000000n}`;
    const text = `logon\n${welcome.nonce}\n${keyName}\n${ts}`;
    const sig = sign(null, Buffer.from(text), key).toString("base64");
    socket.send(JSON.stringify({ id: "logon", op: "session.logon", key: keyName, ts, sig, cod: "off" }));
}

socket.on("message", (data, binary) => {
    const text = data.toString("utf8");
    if (binary) throw new Error("a binary frame on /v1/trade");
    if (JSON.parse(text).ev === "welcome") logon(JSON.parse(text));
    process.stdout.write(text + "\n");
});
socket.on("error", (error) => console.error(`peer.mjs: ${error.message}`));
socket.on("close", (code) => {
    process.stdout.write(JSON.stringify({ closed: code }) + "\n", () => process.exit(3));
});
createInterface({ input: process.stdin })
    .on("line", (line) => socket.send(line))
    .on("close", () => {
        socket.removeAllListeners("close");
        socket.close(1000);
        setTimeout(() => process.exit(0), 500);
    });
