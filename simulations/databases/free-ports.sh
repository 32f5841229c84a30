#!/usr/bin/env bash
# Prints N free loopback ports.
set -euo pipefail
exec node -e '
const net = require("node:net");
const servers = Array.from({ length: Number(process.argv[1]) }, () => net.createServer().listen(0, "127.0.0.1"));
Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", () => resolve(server.address().port))))).then((ports) => {
  console.log(ports.join(" "));
  for (const server of servers) server.close();
});' "$1"
