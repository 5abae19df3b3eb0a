import { limits, type ChannelMessage } from "#protocol";
import { base64UrlLength, fromBase64Url, toBase64Url } from "./encoding.ts";
import { invalidState, RtcError, RtcErrorEvent } from "./errors.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";
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
export class DataChannel extends eventTargetOf<RTCDataChannel>() implements RTCDataChannel {
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
  /** A Blob is being read: what is sent after it waits, so that the order holds. */
  #reading: Promise<void> | null = null;

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
    if (typeof data === "string") {
      const bytes = new TextEncoder().encode(data).length;
      this.#reserve(bytes, bytes);
      this.#inOrder(() => void this.#request(false, data, bytes));
    } else if (data instanceof Blob) {
      this.#reserve(data.size, base64UrlLength(data.size));
      this.#inOrder(() =>
        data.arrayBuffer().then(
          (buffer) => void this.#request(true, toBase64Url(new Uint8Array(buffer)), data.size),
          () => this.#release(data.size),
        ),
      );
    } else {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      const text = toBase64Url(bytes);
      this.#reserve(bytes.length, text.length);
      this.#inOrder(() => void this.#request(true, text, bytes.length));
    }
  }

  close(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#inOrder(() => {
      this.#host
        .request({ t: "channel_close", p: this.#peer, i: this.hostId })
        .catch(() => undefined)
        .finally(() => this.ended());
    });
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
  /** @param fault  why it did not end in order */
  ended(fault?: string): void {
    if (this.#readyState === "closed") return;
    this.#readyState = "closed";
    if (fault !== undefined) this.dispatchEvent(new RtcErrorEvent("error", new RtcError("data-channel-failure", fault)));
    this.dispatchEvent(new Event("close"));
  }

  /**
   * @param bytes  counted in bufferedAmount until the host has them
   * @param length  of the text in the control protocol, bytes
   */
  #reserve(bytes: number, length: number): void {
    if (length > limits.channelMessageBytes) throw new TypeError(`a message may have ${limits.channelMessageBytes} bytes on its way to the host, this one has ${length}`);
    this.#bufferedAmount += bytes;
  }
  #release(bytes: number): void {
    const before = this.#bufferedAmount;
    this.#bufferedAmount -= bytes;
    const low = this.bufferedAmountLowThreshold;
    if (before > low && this.#bufferedAmount <= low) this.dispatchEvent(new Event("bufferedamountlow"));
  }

  /** At once, or after what still waits for a Blob; a step that returns a promise makes the next ones wait. */
  #inOrder(step: () => Promise<void> | void): void {
    const waits = this.#reading ? this.#reading.then(step) : step();
    if (!waits) return;
    const mine = waits.finally(() => {
      if (this.#reading === mine) this.#reading = null;
    });
    this.#reading = mine;
  }

  #request(binary: boolean, data: string, bytes: number): Promise<void> {
    return this.#host
      .request({ t: "channel_message", p: this.#peer, i: this.hostId, z: binary, x: data })
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#release(bytes));
  }
}
defineHandlers(DataChannel.prototype, ["bufferedamountlow", "close", "closing", "error", "message", "open"]);
