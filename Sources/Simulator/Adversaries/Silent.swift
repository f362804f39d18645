public import DevP2P
import EthWire

/// Shakes hands and then says nothing: it holds a slot, and asks and answers nothing.
public struct Silent: Behaviour {
    public init() {}

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        outgoing.ethID == .status ? [outgoing.message] : []
    }
}
