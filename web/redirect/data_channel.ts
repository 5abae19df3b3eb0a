import { limits, type ChannelMessage } from "#protocol";
import { fromBase64Url, toBase64Url } from "./encoding.ts";
import { invalidState } from "./errors.ts";
import { defineHandlers } from "./handlers.ts";
import type { HostConnection } from "./host_connection.ts";

export interface DataChannelSetup {
  id: string;
  label: string;
  protocol: string;
  ordered: boolean;
  maxPacketLifeTime: number | null;
  maxRetransmits: number | null;
  negotiated: boolean;
  stream: number | null;
  open: boolean;
}

/** https://www.w3.org/TR/webrtc/#rtcdatachannel */
export class DataChannel extends EventTarget implements RTCDataChannel {
  declare onbufferedamountlow: RTCDataChannel["onbufferedamountlow"];
  declare onclose: RTCDataChannel["onclose"];
  declare onclosing: RTCDataChannel["onclosing"];
  declare onerror: RTCDataChannel["onerror"];
  declare onmessage: RTCDataChannel["onmessage"];
  declare onopen: RTCDataChannel["onopen"];
  binaryType: BinaryType = "arraybuffer";
  bufferedAmountLowThreshold = 0;
  readonly hostId: string;
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly negotiated: boolean;
  #host: HostConnection;
  #peer: string;
  #id: number | null;
  #readyState: RTCDataChannelState;
  #bufferedAmount = 0;

  constructor(host: HostConnection, peer: string, setup: DataChannelSetup) {
    super();
    this.#host = host;
    this.#peer = peer;
    this.hostId = setup.id;
    this.label = setup.label;
    this.protocol = setup.protocol;
    this.ordered = setup.ordered;
    this.maxPacketLifeTime = setup.maxPacketLifeTime;
    this.maxRetransmits = setup.maxRetransmits;
    this.negotiated = setup.negotiated;
    this.#id = setup.stream;
    this.#readyState = setup.open ? "open" : "connecting";
  }

  get id(): number | null {
    return this.#id;
  }
  get readyState(): RTCDataChannelState {
    return this.#readyState;
  }
  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  /** @throws InvalidStateError: not open; TypeError: longer than the control protocol carries. */
  send(data: string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (this.#readyState !== "open") throw invalidState(`the data channel is ${this.#readyState}`);
    if (data instanceof Blob) {
      void data.arrayBuffer().then((bytes) => this.#sendNow(true, toBase64Url(new Uint8Array(bytes)), bytes.byteLength));
    } else if (typeof data === "string") {
      this.#sendNow(false, data, new TextEncoder().encode(data).length);
    } else {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      this.#sendNow(true, toBase64Url(bytes), bytes.length);
    }
  }

  close(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#host
      .request({ t: "channel_close", p: this.#peer, i: this.hostId })
      .catch(() => undefined)
      .finally(() => this.ended());
  }

  /** For the peer connection: the host says that it is open. */
  opened(stream: number): void {
    if (this.#readyState !== "connecting") return;
    this.#id = stream;
    this.#readyState = "open";
    this.dispatchEvent(new Event("open"));
  }
  received(message: ChannelMessage): void {
    if (this.#readyState === "closed") return;
    let data: unknown = message.x;
    if (message.z) {
      const bytes = fromBase64Url(message.x);
      data = this.binaryType === "blob" ? new Blob([bytes]) : bytes.buffer;
    }
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  ended(): void {
    if (this.#readyState === "closed") return;
    this.#readyState = "closed";
    this.dispatchEvent(new Event("close"));
  }

  #sendNow(binary: boolean, data: string, bytes: number): void {
    const length = binary ? data.length : bytes;
    if (length > limits.channelMessageBytes) throw new TypeError(`a message may have ${limits.channelMessageBytes} bytes on its way to the host, this one has ${length}`);
    this.#bufferedAmount += bytes;
    this.#host
      .request({ t: "channel_message", p: this.#peer, i: this.hostId, z: binary, x: data })
      .catch(() => undefined)
      .finally(() => {
        const before = this.#bufferedAmount;
        this.#bufferedAmount -= bytes;
        const low = this.bufferedAmountLowThreshold;
        if (before > low && this.#bufferedAmount <= low) this.dispatchEvent(new Event("bufferedamountlow"));
      });
  }
}
defineHandlers(DataChannel.prototype, ["bufferedamountlow", "close", "closing", "error", "message", "open"]);
