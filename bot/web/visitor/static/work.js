// What a new talk costs while very many are begun (bot/security/admission.py): numbers whose SHA-256, with the text that was given,
// begins with zeros. In small steps beside everything else: the page, and above all the way out, never waits for it.
const PARTS = 4, STEP = 8; // milliseconds in one go
const K = new Uint32Array(64), H = new Uint32Array(8), W = new Uint32Array(64);
// The fractions of the roots of the first primes, as the standard has them.
const fraction = (x) => ((x - Math.floor(x)) * 4294967296) >>> 0;
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (found < 8) H[found] = fraction(Math.sqrt(n));
  K[found++] = fraction(Math.cbrt(n));
}
const S = new Uint32Array(8);
const block = (bytes, at) => {
  for (let i = 0; i < 16; i++, at += 4) W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  for (let i = 16; i < 64; i++) {
    const a = W[i - 15], b = W[i - 2];
    W[i] = W[i - 16] + W[i - 7] + (((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)) + (((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10));
  }
  let a = S[0], b = S[1], c = S[2], d = S[3], e = S[4], f = S[5], g = S[6], h = S[7];
  for (let i = 0; i < 64; i++) {
    const t = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const u = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
  }
  S[0] += a; S[1] += b; S[2] += c; S[3] += d; S[4] += e; S[5] += f; S[6] += g; S[7] += h;
};
/** The SHA-256 of plain characters, as eight numbers of 32 bits; they are overwritten by the next. */
const sha256 = (text) => {
  const blocks = (text.length + 9 + 63) >> 6, bytes = new Uint8Array(blocks * 64);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  bytes[text.length] = 128;
  for (let i = 0, bits = text.length * 8; i < 4; i++, bits >>>= 8) bytes[blocks * 64 - 1 - i] = bits;
  S.set(H);
  for (let at = 0; at < bytes.length; at += 64) block(bytes, at);
  return S;
};
const pause = () => new Promise((done) => setTimeout(done, 0));
/** What goes into the header Inloop-Proof, for what stood in Inloop-Challenge. */
const solve = async (given) => {
  const [bits, challenge] = given.split(" "), wanted = Number(bits) - 2, numbers = [];
  let until = performance.now() + STEP;
  for (let part = 0; part < PARTS; part++) {
    for (let n = 0; ; n++) {
      if (Math.clz32(sha256(`${challenge}:${part}:${n}`)[0]) >= wanted) { numbers.push(n); break; }
      if ((n & 15) === 15 && performance.now() > until) { await pause(); until = performance.now() + STEP; }
    }
  }
  return `${challenge}~${numbers.join(".")}`;
};
/** What `send(proof)` answers, when the work it asks for is done: none, mostly. */
const done = async (send) => {
  let answer = await send("");
  for (let tries = 0; answer.status === 428 && tries < 3; tries++) answer = await send(await solve(answer.headers.get("Inloop-Challenge")));
  return answer;
};
export { sha256, solve, done };
