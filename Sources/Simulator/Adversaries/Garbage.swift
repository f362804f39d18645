import DevP2P
import NodeCore
public import Primitives
public import SansIO

/// Sends messages of random bytes under every id, and now and then bytes that are no frame.
public struct Garbage: Behaviour {
    public var period: Duration? { .seconds(1) }

    public init() {}

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        let capabilities = node.core.localHello.capabilities
        return node.connectionIDs.map { connection in
            guard Int.random(in: 0..<4, using: &random) > 0 else {
                return .bytes(random.bytes(Int.random(in: 1...2000, using: &random)), to: connection)
            }
            let place = Int.random(in: 0..<capabilities.count, using: &random)
            let id = UInt8.random(in: 0..<max(1, capabilities[place].messageCount), using: &random)
            let payload = random.bytes(Int.random(in: 0...2000, using: &random))
            return .message(OutboundMessage(capability: place, id: id, compressing: payload), to: connection)
        }
    }
}
