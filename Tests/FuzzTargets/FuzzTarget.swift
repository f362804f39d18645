/// One thing to fuzz: a function that takes any bytes, and throws where a property doesn't hold. Traps are findings too.
public struct FuzzTarget: Sendable {
    public let name: String
    public let summary: String
    /// The longest input worth trying, in bytes.
    public let maxBytes: Int
    /// Inputs to begin with, each of which reaches deep. Made anew at each call, always the same.
    public let seeds: @Sendable () -> [[UInt8]]
    public let run: @Sendable ([UInt8]) throws(BrokenProperty) -> Void

    init(
        _ name: String, _ summary: String, maxBytes: Int, seeds: @escaping @Sendable () -> [[UInt8]],
        run: @escaping @Sendable ([UInt8]) throws(BrokenProperty) -> Void
    ) {
        self.name = name
        self.summary = summary
        self.maxBytes = maxBytes
        self.seeds = seeds
        self.run = run
    }

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    public static let all: [FuzzTarget] = [
        FuzzTarget("rlp", "RLP: reader, writer, validator", maxBytes: 4096, seeds: Seeds.rlp, run: fuzzRLP),
        FuzzTarget("ecies", "ECIES messages", maxBytes: 1024, seeds: Seeds.ecies, run: fuzzECIES),
        FuzzTarget(
            "handshake", "auth and ack, at both ends", maxBytes: 2500, seeds: Seeds.handshake, run: fuzzHandshake),
        FuzzTarget("frames", "RLPx frames, raw and authentic", maxBytes: 8192, seeds: Seeds.frames, run: fuzzFrames),
        FuzzTarget("hello", "the first message of a session", maxBytes: 2500, seeds: Seeds.hello, run: fuzzHello),
        FuzzTarget(
            "connection", "a session after Hello: codes, snappy, time", maxBytes: 8192, seeds: Seeds.connection,
            run: fuzzConnection),
        FuzzTarget("eth", "messages of eth/68 and eth/69", maxBytes: 16_384, seeds: Seeds.eth, run: fuzzEth),
        FuzzTarget("topics", "messages of topics/1", maxBytes: 4096, seeds: Seeds.topics, run: fuzzTopics),
        FuzzTarget("blocks", "messages of blocks/1", maxBytes: 16_384, seeds: Seeds.blocks, run: fuzzBlocks),
        FuzzTarget(
            "transaction", "transactions of all types", maxBytes: 4096, seeds: Seeds.transaction, run: fuzzTransaction),
        FuzzTarget("block", "headers, blocks, receipts", maxBytes: 8192, seeds: Seeds.block, run: fuzzBlock),
        FuzzTarget("record", "ENR and enode URLs", maxBytes: 512, seeds: Seeds.record, run: fuzzRecord),
        FuzzTarget("packet", "discv4 datagrams, raw and signed", maxBytes: 1400, seeds: Seeds.packet, run: fuzzPacket),
        FuzzTarget("kademlia", "the table of nodes", maxBytes: 4096, seeds: Seeds.kademlia, run: fuzzKademlia),
        FuzzTarget("discovery", "the discv4 machine", maxBytes: 2048, seeds: Seeds.discovery, run: fuzzDiscovery),
        FuzzTarget("proof", "proofs of keys and of ranges", maxBytes: 2048, seeds: Seeds.proof, run: fuzzProof),
        FuzzTarget(
            "sidecar", "programs outside the node", maxBytes: 4096, seeds: Seeds.sidecar, run: fuzzSidecar),
        FuzzTarget("node", "a whole node and all its inputs", maxBytes: 2048, seeds: Seeds.node, run: fuzzNode),
    ]
}
