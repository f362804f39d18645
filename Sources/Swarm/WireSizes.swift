import Gossip

/// What messages take on the wire, each with its source. TCP, IP and compression are left out everywhere.
enum WireSizes {
    // MARK: RLPx (devp2p/rlpx.md)

    /// A message in frames: a header of 16 bytes and its MAC of 16, the message's code and content padded to 16, a MAC of
    /// 16.
    static func rlpx(_ content: Int) -> Int { 32 + (1 + content + 15) / 16 * 16 + 16 }

    // MARK: eth (devp2p/caps/eth.md)

    /// The largest head of an RLP list below 16 MiB.
    static let listHead = 4
    static let hash = 33
    static let blockNumber = 5
    static let requestID = 9
    /// `[[header, transactions, ommers], td]`.
    static func newBlock(_ block: Int) -> Int { rlpx(block + 2 * listHead + 9) }
    /// `[[hash, number], …]`.
    static func newBlockHashes(_ count: Int) -> Int { rlpx(2 + count * (1 + hash + blockNumber)) }
    /// `[id, [hash, limit, skip, reverse]]`.
    static let getBlockHeaders = rlpx(2 + requestID + 1 + hash + 3)
    static let blockHeaders = rlpx(listHead + requestID + listHead + BlockLoad.headerBytes)
    /// `[id, [hash]]`.
    static let getBlockBodies = rlpx(2 + requestID + 1 + hash)
    static func blockBodies(_ block: Int) -> Int {
        rlpx(3 * listHead + requestID + block - BlockLoad.headerBytes)
    }

    // MARK: libp2p (specs: noise, yamux, pubsub)

    /// A protobuf RPC with its length in front, in frames of yamux (12) and of noise (2 + 16 for up to 65,519 bytes).
    static func libp2p(_ rpc: Int) -> Int { rpc + 3 + 12 + 18 * (1 + (rpc + 15) / 65_519) }
    /// A topic's name with its tag, as long as those of Ethereum's consensus layer
    /// (`/eth2/00000000/beacon_block/ssz_snappy`).
    static let topic = 2 + 39
    /// A message id with its tag: 20 bytes in Ethereum's consensus layer; the default of libp2p is longer.
    static let messageID = 2 + 20
    /// `publish { data, topic }`, without author, number and signature.
    static func publish(_ block: Int) -> Int { libp2p(block + 4 + 4 + topic) }
    static func ihave(_ count: Int) -> Int { libp2p(6 + topic + count * messageID) }
    static func iwant(_ count: Int) -> Int { libp2p(6 + count * messageID) }
    static let graft = libp2p(4 + topic)
    static let prune = libp2p(4 + topic + 2)

    // MARK: blocks/1 (`BlocksMessage`)

    /// 16 bytes.
    static let topicMessageID = 17
    /// `[header, td, nonce, ids, [[index, transaction], …], [[], [], []], [lengths, parts]]`, without the list's head and the
    /// total difficulty, which a message adds to a whole block too: six bytes for each transaction that isn't prefilled,
    /// sums of 4 and of 64 bytes.
    static func compactBlock(_ load: BlockLoad, prefilled: Int, repair: RepairSize?) -> Int {
        let ids = 6 * (load.transactionCount - prefilled)
        let given = prefilled * (2 + 3 + load.transactionBytes)
        let sums = repair.map { 3 * listHead + 4 * $0.transactions + 64 * $0.parts } ?? 0
        return BlockLoad.headerBytes + 9 + listHead + ids + listHead + given + 4 + sums
    }

    // MARK: discv4 (devp2p/discv4.md), with 28 bytes of IPv4 and UDP

    static let udp = 28
    /// Hash, signature, type.
    static let packetHead = 32 + 65 + 1
    /// `[target, expiration]`.
    static let findNode = udp + packetHead + 2 + 66 + 5
    /// `[ip, udp-port, tcp-port, public key]` with an IPv4 address.
    static let neighbor = 2 + 5 + 3 + 3 + 66
    /// At most 12 a packet.
    static let maxNeighbors = 12
    static func neighbors(_ count: Int) -> Int {
        var bytes = 0
        var left = count
        repeat {
            let part = min(left, maxNeighbors)
            bytes += udp + packetHead + 3 + (part > 0 ? 3 : 1) + part * neighbor + 5
            left -= part
        } while left > 0
        return bytes
    }
}
