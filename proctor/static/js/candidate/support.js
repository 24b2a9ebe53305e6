/** Whether this browser, on this address, can take part at all. */

/**
 * @param {{isSecureContext: boolean, navigator: {mediaDevices?: {getUserMedia?: unknown}}, RTCPeerConnection?: unknown}} browser
 * @returns {"passed" | "insecure" | "unsupported"}
 */
export function browserOutcome({ isSecureContext, navigator, RTCPeerConnection }) {
  // Without a secure context the devices are missing as well, and changing the browser would not help.
  if (!isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia || !RTCPeerConnection) return "unsupported";
  return "passed";
}
