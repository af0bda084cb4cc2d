/** The other end of a socket, driven by hand. */
export class Wire {
  static all: Wire[] = [];
  readyState = 0;
  closed = false;
  sent: { t: string; [field: string]: unknown }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    Wire.all.push(this);
  }

  static get last(): Wire {
    const wire = Wire.all.at(-1);
    if (!wire) throw new Error("nothing was opened");
    return wire;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  cut(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}
