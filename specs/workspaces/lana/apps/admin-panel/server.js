// Serves the admin panel, and says at /health which build it is.
const http = require("node:http");
const fs = require("node:fs");
const path = require("node:path");

const pages = path.join(__dirname, "public");
const { VERSION = "dev", COMMITHASH = "unknown", BUILDTIME = "unknown", PORT = "3001" } = process.env;

const server = http.createServer((request, response) => {
  if (request.url === "/health") {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ version: VERSION, commit: COMMITHASH, built: BUILDTIME }));
    return;
  }
  fs.readFile(path.join(pages, "index.html"), (error, page) => {
    response.statusCode = error ? 404 : 200;
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(error ? "not found" : page);
  });
});

server.listen(Number(PORT));
