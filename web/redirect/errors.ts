import type { Failure } from "#protocol";

export const invalidState = (text: string) => new DOMException(text, "InvalidStateError");
export const notSupported = (text: string) => new DOMException(text, "NotSupportedError");

/** No device is what a constraint demands. https://www.w3.org/TR/mediacapture-streams/#overconstrainederror-interface; node has none. */
export class OverconstrainedError extends DOMException {
  readonly constraint: string;
  constructor(constraint: string, text: string) {
    super(text, "OverconstrainedError");
    this.constraint = constraint;
  }
}

/** https://www.w3.org/TR/webrtc/#rtcerror-interface; node has none. */
export class RtcError extends DOMException {
  readonly errorDetail: RTCErrorDetailType;
  constructor(errorDetail: RTCErrorDetailType, text: string) {
    super(text, "OperationError");
    this.errorDetail = errorDetail;
  }
}

/** https://www.w3.org/TR/webrtc/#rtcerrorevent-interface; node has none. */
export class RtcErrorEvent extends Event {
  readonly error: RtcError;
  constructor(type: string, error: RtcError) {
    super(type);
    this.error = error;
  }
}

/** The way to the native host is broken: nothing is known of what was under way. The host and its calls go on. */
export class HostLostError extends DOMException {
  constructor(reason: string) {
    super(`the native host cannot be reached: ${reason}`, "NetworkError");
  }
}

/** The host refused a request. `code` of the wire protocol is kept beside the name that the W3C gives to such a fault. */
export class HostRefusedError extends DOMException {
  readonly wireCode: string;
  constructor(failure: Failure, request: string) {
    super(`${request}: ${failure.x}${failure.w ? ` (${failure.w})` : ""}`, nameOf(failure.c, request));
    this.wireCode = failure.c;
  }
}

function nameOf(code: string, request: string): string {
  switch (code) {
    case "malformed":
    case "truncated":
    case "out_of_range":
      return request === "candidate_add" ? "OperationError" : "InvalidAccessError";
    case "conflict":
      return "InvalidStateError";
    case "unsupported":
      return "NotSupportedError";
    case "not_found":
    case "unavailable":
      return request === "track_capture" || request === "track_set" ? "NotFoundError" : "OperationError";
    case "forbidden":
    case "unauthenticated":
      return "NotAllowedError";
    case "timeout":
      return "TimeoutError";
    default:
      return "OperationError";
  }
}
