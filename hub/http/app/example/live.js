// A socket that goes on where it broke off: for each case it remembers the position of the last
// event, and gives it back when it comes again.
import { fresh } from "./backend.js";

export class Live {
  constructor(hear, state) {
    this.hear = hear;
    this.state = state;
    this.positions = {};
    this.pause = 300;
    this.socket = null;
    this.wanted = false;
    this.turn = 0;
  }

  open() {
    this.wanted = true;
    this.connect();
  }

  /** As when the app goes to the background. */
  close() {
    this.wanted = false;
    this.turn += 1;
    this.socket?.close();
    this.socket = null;
    this.state("off");
  }

  forget() {
    this.positions = {};
  }

  say(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  async connect() {
    const turn = ++this.turn;
    this.state("wait");
    let token;
    try {
      token = await fresh();
    } catch {
      return this.again(turn);
    }
    // Closed meanwhile, or somebody else's phone now.
    if (turn !== this.turn) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/app/v1/live`);
    this.socket = socket;
    socket.addEventListener("open", () => this.say({ type: "hello", token, positions: this.positions }));
    socket.addEventListener("message", (event) => {
      if (turn === this.turn) this.take(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => this.again(turn));
  }

  again(turn) {
    if (turn !== this.turn) return;
    this.state("off");
    setTimeout(() => turn === this.turn && this.connect(), this.pause);
    this.pause = Math.min(this.pause * 2, 10_000);
  }

  async take(frame) {
    if (frame.type === "welcome") {
      this.pause = 300;
      this.state("on");
    }
    if (frame.type === "expiring") this.say({ type: "auth", token: await fresh() });
    this.hear(frame);
    // Only what was taken in is not asked for again.
    if (frame.position) this.positions[frame.case] = frame.position;
  }
}
