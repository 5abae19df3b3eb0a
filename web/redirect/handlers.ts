/** EventTarget whose listeners are typed by the names of T's events, to extend. */
export const eventTargetOf = <T extends EventTarget>() => EventTarget as unknown as new () => Pick<T, keyof EventTarget>;

/**
 * Event handler attributes (`onopen` and the like) for a class that is an EventTarget: each behaves as a listener that is
 * added when the attribute is first set, as https://html.spec.whatwg.org/#event-handler-attributes says.
 */
export function defineHandlers(prototype: EventTarget, events: readonly string[]): void {
  const values = new WeakMap<object, Map<string, { handler: unknown }>>();
  for (const type of events) {
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget) {
        return values.get(this)?.get(type)?.handler ?? null;
      },
      set(this: EventTarget, handler: unknown) {
        const own = values.get(this) ?? new Map<string, { handler: unknown }>();
        values.set(this, own);
        const known = own.get(type);
        if (known) {
          known.handler = handler;
          return;
        }
        const slot = { handler };
        own.set(type, slot);
        this.addEventListener(type, (event) => {
          if (typeof slot.handler === "function") slot.handler.call(this, event);
        });
      },
    });
  }
}

/** Of RTCPeerConnection. */
export const peerConnectionEvents = [
  "connectionstatechange",
  "datachannel",
  "icecandidate",
  "icecandidateerror",
  "iceconnectionstatechange",
  "icegatheringstatechange",
  "negotiationneeded",
  "signalingstatechange",
  "track",
];
