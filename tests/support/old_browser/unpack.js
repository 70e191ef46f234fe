// The browser is compressed within its package: `node unpack.js` puts it into `node_modules/.browser`, once.
"use strict";
const fs = require("fs"), path = require("path"), zlib = require("zlib");
const from = path.join(__dirname, "node_modules/chrome-aws-lambda/bin/chromium.br");
const to = path.join(__dirname, "node_modules/.browser");
fs.mkdirSync(to, { recursive: true });
fs.writeFileSync(path.join(to, "part"), zlib.brotliDecompressSync(fs.readFileSync(from)), { mode: 0o755 });
fs.renameSync(path.join(to, "part"), path.join(to, "chromium"));
