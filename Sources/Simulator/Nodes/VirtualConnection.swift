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
    /// It waits for the uplink.
    var isWaiting = false
    /// The node takes nothing from it for now.
    var isPaused = false
    /// The bytes sent since acknowledgements stopped coming: the other way of a partition.
    var unacknowledged = 0

    init(_ machine: consuming PeerConnection, remote: Remote, lastArrival: Instant) {
        self.machine = machine
        self.remote = remote
        self.lastArrival = lastArrival
    }
}
