import DevP2P
import Discovery
import Primitives
import SansIO

// The time of day. Timers run by the node's own time and never see it.
extension NodeCore {
    /// The time by which headers and packets of discovery are judged.
    var unixTime: Instant { wall.unixTime(at: now) }

    /// The system clock was set, by a person, by NTP, or while the machine slept.
    mutating func clockSet(_ offset: Duration) {
        let change = offset - wall.offset
        guard change != .zero else { return }
        wall.offset = offset
        discovery.wall = wall
        // NTP moves a clock by less than a millisecond a second, all the time.
        guard change >= .seconds(1) || change <= .seconds(-1) else { return }
        emit(.clockSet(by: change))
        clocks.clear()
        callAll(.clockSet)
    }

    /// A host can tell from what a peer has sent how far its clock is ahead of this node's.
    mutating func noteClock(_ difference: Duration, of id: ConnectionID) {
        guard let connection = connections[id] else { return }
        clocks.note(difference, from: connection.endpoint.ip, by: .peer, now: now)
        warnOfClock()
    }

    /// Packets of discovery have come, expired ones too.
    mutating func noteExpirations() {
        let heard = discovery.takeExpirations()
        for (expiration, ip) in heard {
            guard let difference = ClockEstimate.difference(expiration: expiration, unixTime: unixTime) else {
                continue
            }
            clocks.note(difference, from: ip, by: .datagram, now: now)
        }
        if !heard.isEmpty { warnOfClock() }
    }

    private mutating func warnOfClock() {
        guard let (difference, ranges) = clocks.takeWarning(now: now) else { return }
        emit(.clockDiffers(by: difference, ranges: ranges))
    }
}
