import DevP2P
import NodeCore
import NodeNIO
import SansIO

extension JSON {
    /// What starling_bandwidth gives.
    static func bandwidth(_ bandwidth: NodeBandwidth) -> JSON {
        let (upload, traffic) = (bandwidth.upload, bandwidth.traffic)
        let used = UploadClass.allCases.map { kind in
            let use = upload.used(kind)
            return Member(
                kind.rawValue, ["bytes": .quantity(use.bytes), "messages": .quantity(use.messages)])
        }
        let held = upload.heldBack
        return [
            "limits": .array(upload.limits.map { .uploadLimit($0) }),
            "used": .object(used),
            "heldBack": [
                "relayDelayed": .quantity(held.relayDelayed), "relayDropped": .quantity(held.relayDropped),
                "blocksAnnouncedOnly": .quantity(held.blocksAnnouncedOnly),
                "requestsDelayed": .quantity(held.requestsDelayed),
                "answersLimited": .quantity(held.answersLimited), "answersEmptied": .quantity(held.answersEmptied),
            ],
            "waiting": [
                "messages": .quantity(upload.waitingMessages), "bytes": .quantity(upload.waitingBytes),
                "requests": .quantity(upload.waitingRequests),
            ],
            "bytesSent": .quantity(traffic.bytesSent), "bytesReceived": .quantity(traffic.bytesReceived),
        ]
    }

    private static func uploadLimit(_ limit: UploadLimit) -> JSON {
        [
            "bytes": .quantity(UInt64(limit.bytes)), "seconds": .quantity(UInt64(limit.period.inSeconds)),
            "burst": .quantity(UInt64(limit.burst)),
        ]
    }
}
