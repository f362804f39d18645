import Chain
import NodeRecord
import Primitives
import SansIO
import Storage

extension JSON {
    /// A moment in milliseconds since the Unix epoch, to the nanosecond.
    static func milliseconds(_ instant: Instant) -> JSON {
        let (milliseconds, rest) = max(0, instant.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        return .number("\(milliseconds)." + String(repeating: "0", count: 6 - digits.count) + digits)
    }

    private static func number(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// What admin_nodeInfo gives.
    static func nodeInfo(_ identity: NodeIdentity, _ profile: NodeProfile, _ head: ChainHead) -> JSON {
        let contact = identity.contact
        var members = [
            Member("id", .string(contact.id.hex)), Member("name", .string(profile.clientID)),
            Member("enode", .string(contact.enode.description)),
        ]
        if let record = identity.record { members.append("enr", .string(record)) }
        members += [
            Member("ip", .string(contact.ip.description)),
            Member("ports", ["discovery": number(contact.udpPort), "listener": number(contact.tcpPort)]),
            Member("listenAddr", .string(identity.listenAddress?.description ?? "")),
            Member(
                "protocols",
                [
                    "eth": [
                        "network": number(profile.networkID),
                        // A number in go-ethereum too, however large.
                        "difficulty": .number(head.totalDifficulty.description),
                        "genesis": .data(profile.genesisHash), "config": config(profile.config),
                        "head": .data(head.hash),
                    ]
                ]),
        ]
        return .object(members)
    }

    /// The chain's config as in genesis.json.
    private static func config(_ config: ChainConfig) -> JSON {
        var members = [Member("chainId", number(config.chainID))]
        for fork in ChainConfig.blockForks + ChainConfig.timeForks {
            if let at = config[keyPath: fork.path] { members.append(fork.key, number(at)) }
        }
        if let total = config.terminalTotalDifficulty {
            members.append("terminalTotalDifficulty", .number(total.description))
        }
        if let clique = config.clique {
            members.append("clique", ["period": number(clique.period), "epoch": number(clique.epoch)])
        }
        return .object(members)
    }

    /// One element of admin_peers.
    static func peer(_ peer: PeerDescription) -> JSON {
        var members = [
            Member("id", .string(peer.id.hex)), Member("name", .string(peer.clientID)),
            Member("enode", .string(peer.enode.description)),
            Member("caps", .array(peer.capabilities.map { .string($0) })),
            Member(
                "network",
                [
                    "localAddress": .string(peer.localAddress?.description ?? ""),
                    "remoteAddress": .string(peer.remoteAddress.description), "inbound": .bool(peer.isInbound),
                    "trusted": .bool(peer.isTrusted), "static": .bool(peer.isStatic),
                ]),
        ]
        var eth: [Member] = []
        if let version = peer.ethVersion { eth.append("version", number(version)) }
        if let head = peer.head {
            if let number = head.number { eth.append("latestBlock", .number(String(number))) }
            eth.append("latestBlockHash", .data(head.hash))
        }
        members.append("protocols", eth.isEmpty ? [:] : ["eth": .object(eth)])
        if let score = peer.score { members.append("score", number(score)) }
        if let reputation = peer.reputation { members.append("reputation", .reputation(reputation)) }
        if let latency = peer.latency {
            members.append(
                "latency",
                [
                    "p50": .double(latency.p50.inSeconds), "p95": .double(latency.p95.inSeconds),
                    "p99": .double(latency.p99.inSeconds),
                ])
        }
        return .object(members)
    }

    /// One element of starling_peerEvents.
    static func decision(_ decision: PeerDecision) -> JSON {
        var members = [
            Member("number", number(decision.number)), Member("timeMs", .milliseconds(decision.at)),
            Member("event", .string(decision.kind)),
        ]
        if let node = decision.node { members.append("id", .string(node.hex)) }
        if let endpoint = decision.endpoint { members.append("endpoint", .string(endpoint.description)) }
        members.append("reason", .string(decision.reason))
        members.append("label", .string(decision.label))
        if let score = decision.score { members.append("score", number(score)) }
        return .object(members)
    }
}
