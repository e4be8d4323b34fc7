// Starts Azurite, which speaks as Azure Blob Storage does, with one empty container that anybody may read.
//
//     node serve.js AZURITE CONTAINER ACCOUNT KEY
//
// The port is the system's choice; a line `ready PORT` says that the server listens. It ends when its standard input
// does, which a test that was killed closes too.

const crypto = require("node:crypto");
const http = require("node:http");

const [azurite, container, account, key] = process.argv.splice(2);
process.stdin.on("end", () => process.exit(0)).resume();

function makeContainer(port) {
  const headers = {
    "x-ms-blob-public-access": "container",
    "x-ms-date": new Date().toUTCString(),
    "x-ms-version": "2021-08-06",
  };
  const named = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join("");
  const resource = `/${account}/${account}/${container}\nrestype:container`;
  const text = `PUT${"\n".repeat(12)}${named}${resource}`;
  const signature = crypto.createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  headers.authorization = `SharedKey ${account}:${signature}`;
  headers["content-length"] = 0;
  const path = `/${account}/${container}?restype=container`;
  const answered = (answer) => {
    if (answer.statusCode !== 201) {
      console.error(`the container was not made: ${answer.statusCode}`);
      process.exit(1);
    }
    answer.resume();
    process.stdout.write(`ready ${port}\n`);
  };
  http.request({ host: "127.0.0.1", port, method: "PUT", path, headers }, answered).end();
}

console.log = (line) => {
  const listens = /successfully listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
  if (listens) makeContainer(Number(listens[1]));
};
const options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
process.argv.push("--blobHost", "127.0.0.1", "--blobPort", "0", ...options);
require(azurite);
