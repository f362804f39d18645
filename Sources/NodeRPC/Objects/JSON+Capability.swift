import DevP2P
import NodeCore

extension JSON {
    /// One element of starling_capabilities.
    static func capability(_ status: CapabilityStatus) -> JSON {
        let metrics = status.metrics
        return [
            "name": .string(status.name.description), "peers": .quantity(status.peerCount),
            "messagesReceived": .quantity(metrics.messagesReceived), "bytesReceived": .quantity(metrics.bytesReceived),
            "messagesSent": .quantity(metrics.messagesSent), "bytesSent": .quantity(metrics.bytesSent),
            "malformed": .quantity(metrics.malformed),
        ]
    }
}
