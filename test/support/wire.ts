import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A line to a server, which can be cut: what is sent then is not answered, and nobody is told. */
export class Wire {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  constructor(private readonly port: number) {}

  /** @returns the port at which it begins. */
  async open(): Promise<number> {
    const server = createServer((near) => this.join(near, connect(this.port, "127.0.0.1"))).listen(0, "127.0.0.1");
    this.server = server;
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause();
  }

  mend(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.resume();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server?.close();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      this.sockets.add(from);
      from.on("data", (data) => to.write(data));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isCut) from.pause();
    }
  }
}
