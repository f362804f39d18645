import DevP2P
import SansIO

/// One end of a virtual TCP connection. A class only because `PeerConnection` can't be copied into a dictionary.
final class VirtualConnection {
    var machine: PeerConnection
    let remote: Remote
    /// The bytes sent so far have all arrived at this moment: later ones don't overtake them.
    var lastArrival: Instant
    /// The deadline that is scheduled already.
    var scheduled: Instant?

    init(_ machine: consuming PeerConnection, remote: Remote, now: Instant) {
        self.machine = machine
        self.remote = remote
        lastArrival = now
    }
}
