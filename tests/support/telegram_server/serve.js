// The Bot API server of the package `telegram-test-api`, on a port of loopback. It ends with its standard input.
const TelegramServer = require("telegram-test-api");
const server = new TelegramServer({ host: "127.0.0.1", port: Number(process.argv[2]), storeTimeout: 3600 });
server.start().then(() => process.stdout.write("ready\n"));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
