import DevP2P
import EthCrypto
import NodeCore
import Primitives

/// A digest of what a node wanted, in order.
struct EffectTrace {
    private var hash = Keccak256()

    var digest: Hash32 { hash.digest() }

    mutating func add(_ effect: NodeEffect) {
        switch effect {
        case .sendDatagram(let bytes, let to): add("datagram \(to)", bytes)
        case .dial(let id, let to, _): add("dial \(id.rawValue) \(to)")
        case .send(let id, let messages):
            for message in messages { add("send \(id.rawValue) \(message.capability) \(message.id)", message.payload) }
        case .disconnect(let id, let reason): add("disconnect \(id.rawValue) \(reason)")
        case .pause(let id): add("pause \(id.rawValue)")
        case .resume(let id): add("resume \(id.rawValue)")
        case .run(let id, let job): add("run \(id.rawValue) \(job.name)")
        case .reply, .event: break
        }
    }

    mutating func add(_ text: String, _ bytes: [UInt8] = []) {
        hash.update(Array(text.utf8) + [0])
        hash.update(bytes)
    }
}
