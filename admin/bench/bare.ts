import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What this machine can do at best: a server that writes one text to all who are connected, and does nothing else. */
export async function openBare(): Promise<{ url: string; say(text: string): void; close(): void }> {
  const streams = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': welcome\n\n');
    streams.add(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    say(text) {
      for (const stream of streams) stream.write(text);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
