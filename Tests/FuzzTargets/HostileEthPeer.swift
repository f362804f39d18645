import Chain
import Consensus
import DevP2P
import EthCrypto
import EthWire
import Execution
import Gossip
import Primitives
import RLP
import Storage
import Sync
import Topics
import Trie

/// What a peer says on an open connection: messages of `eth`, `topics` and `blocks`, honest ones, damaged ones and nonsense.
struct HostileEthPeer {
    /// The capabilities in use, by their index in the node's list: 0 and 1 are eth/68 and eth/69, 2 is blocks/1,
    /// 3 the node's own capability, which has no messages, and 4 topics/1.
    let shared: [Int]
    /// The node's requests that weren't answered yet.
    private var requests: [(capability: Int, id: UInt8, payload: [UInt8])] = []
    private let chain: FixedChain

    init(shared: [Int], chain: FixedChain) {
        self.shared = shared
        self.chain = chain
    }

    var isNew: Bool { shared.contains(1) }

    mutating func observe(_ message: OutboundMessage) {
        guard let payload = PlainSnappy.decompress(message.payload) else { return }
        requests.append((message.capability, message.id, payload))
        if requests.count > 16 { requests.removeFirst() }
    }

    /// A message by the input's choice: capability, id, payload.
    mutating func message(_ input: inout FuzzInput) -> (capability: Int, id: UInt8, payload: [UInt8]) {
        let capability = shared[input.choice(shared.count)]
        let count = [17, 18, Int(BlocksMessage.reservedIDs), 1, Int(TopicsMessage.reservedIDs)][capability]
        switch input.choice(8) {
        case 0: return (capability, UInt8(input.choice(count)), input.block())
        case 1: return (capability, UInt8(input.choice(count)), RLPMender.mend(input.block()))
        case 2:
            var message = honest(capability, &input)
            message.payload = damaged(message.payload, &input)
            return message
        case 3, 4: return answer(&input) ?? honest(capability, &input)
        default: return honest(capability, &input)
        }
    }

    private func damaged(_ payload: [UInt8], _ input: inout FuzzInput) -> [UInt8] {
        var payload = payload
        for _ in 0...input.choice(3) where !payload.isEmpty {
            payload[Int(input.uint16()) % payload.count] = input.byte()
        }
        return RLPMender.mend(payload)
    }

    private static func version(of capability: Int) -> EthVersion { capability == 1 ? .eth69 : .eth68 }

    private func encoded(_ message: EthMessage, _ capability: Int) -> (Int, UInt8, [UInt8]) {
        var writer = RLPWriter()
        message.encode(version: Self.version(of: capability).number, into: &writer)
        return (capability, message.messageID.rawValue, writer.bytes)
    }

    private func encoded(_ message: TopicsMessage) -> (Int, UInt8, [UInt8]) {
        var writer = RLPWriter()
        message.encode(into: &writer)
        return (4, message.id, writer.bytes)
    }

    private func encoded(_ message: BlocksMessage) -> (Int, UInt8, [UInt8]) {
        var writer = RLPWriter()
        message.encode(into: &writer)
        return (2, message.id, writer.bytes)
    }

    /// The node's own Status, which fits itself; or with other numbers.
    private func status(_ capability: Int, _ input: inout FuzzInput) -> EthMessage {
        let genesis = Header.genesisHash
        let schedule = chain.schedule
        let forkID = schedule.forkID(number: 0, time: FixedChain.genesis.timestamp)
        let head = input.bool() ? chain.head.hash : chain.blocks[input.choice(chain.blocks.count)].hash
        if capability == 0 {
            let total = input.bool() ? chain.head.totalDifficulty : UInt256(input.uint64())
            return .status(
                EthStatus(
                    networkID: FixedChain.networkID, genesisHash: genesis, forkID: forkID, totalDifficulty: total,
                    headHash: head))
        }
        let latest = input.bool() ? chain.head.number : input.uint64()
        return .status(
            EthStatus(
                networkID: FixedChain.networkID, genesisHash: genesis, forkID: forkID,
                range: BlockRange(earliest: 0, latest: latest, latestHash: head)))
    }

    private func block(_ input: inout FuzzInput) -> Block { chain.blocks[input.choice(chain.blocks.count)] }

    /// A block of the chain, half the time changed and sealed again: the peers hold signers' keys, so what is wrong with
    /// it shows only when it is looked at more closely.
    private func someBlock(_ input: inout FuzzInput) -> (block: Block, total: UInt256) {
        let index = input.choice(chain.blocks.count)
        let total = input.bool() ? chain.totalDifficulties[index] : UInt256(input.uint64())
        guard input.bool() else { return (chain.blocks[index], total) }
        var body = chain.blocks[index].body
        var header = chain.blocks[index].header
        change(&header, &body, &input)
        let key = FixedChain.signers[1 + input.choice(2)]
        return (Block(header: (try? CliqueHeader.sealed(header, with: key)) ?? header, body: body), total)
    }

    private func change(_ header: inout Header, _ body: inout BlockBody, _ input: inout FuzzInput) {
        switch input.choice(14) {
        case 0: header.stateRoot = .emptyListHash
        case 1: header.gasUsed = input.uint64()
        case 2: header.gasLimit = input.uint64()
        case 3: header.timestamp = input.bool() ? header.timestamp &+ UInt64(input.byte()) : input.uint64()
        case 4: header.number = input.uint64()
        case 5: header.difficulty = UInt256(input.uint64())
        case 6: header.baseFeePerGas = input.bool() ? UInt256(input.uint64()) : nil
        case 7: header.parentHash = block(&input).hash
        case 8: header.extraData = input.block() + [UInt8](repeating: 0, count: 65)
        case 9:
            // A vote about somebody.
            header.beneficiary = Fixed.peerKeys[input.choice(8)].publicKey.address
            header.nonce = input.bool() ? .max : 0
        case 10:
            body.transactions = Array(chain.transactions.prefix(input.choice(7)))
            header.transactionsRoot = OrderedTrie.root(of: body.transactions.map(\.encoded))
        case 11: body.transactions.reverse()
        case 12: header.receiptsRoot = .emptyListHash
        default: break
        }
    }

    private func hashes(_ input: inout FuzzInput) -> [Hash32] {
        (0..<input.choice(5)).map { _ in
            input.bool() ? block(&input).hash : chain.transactions[input.choice(chain.transactions.count)].hash
        }
    }

    private func honest(_ capability: Int, _ input: inout FuzzInput) -> (capability: Int, id: UInt8, payload: [UInt8]) {
        if capability == 4 { return encoded(aboutTopics(&input)) }
        if capability == 2 { return encoded(aboutBlocks(&input)) }
        let id = UInt64(input.byte())
        let index = input.choice(chain.blocks.count)
        switch input.choice(12) {
        case 0, 1: return encoded(status(capability, &input), capability)
        case 2:
            let request = HeadersRequest(
                from: input.bool() ? .hash(block(&input).hash) : .number(input.uint64()), limit: input.uint64(),
                skip: input.uint64(), isReverse: input.bool())
            return encoded(.getBlockHeaders(requestID: id, request), capability)
        case 3: return encoded(.getBlockBodies(requestID: id, hashes(&input)), capability)
        case 4: return encoded(.getReceipts(requestID: id, hashes(&input)), capability)
        case 5: return encoded(.getPooledTransactions(requestID: id, hashes(&input)), capability)
        case 6:
            let count = input.choice(chain.transactions.count + 1)
            return encoded(.transactions(EncodedList(Array(chain.transactions.prefix(count)))), capability)
        case 7:
            let announced = chain.transactions.prefix(input.choice(8)).map { TransactionAnnouncements.Entry($0) }
            return encoded(.newPooledTransactionHashes(TransactionAnnouncements(announced)), capability)
        case 8:
            let (block, total) = someBlock(&input)
            return encoded(.newBlock(block, totalDifficulty: total), capability)
        case 9:
            let number = input.bool() ? chain.blocks[index].number : input.uint64()
            let announcement = BlockAnnouncement(hash: chain.blocks[index].hash, number: number)
            return encoded(.newBlockHashes([announcement]), capability)
        case 10 where capability == 1:
            let range = BlockRange(
                earliest: input.bool() ? 0 : input.uint64(), latest: input.uint64(), latestHash: block(&input).hash)
            return encoded(.blockRangeUpdate(range), capability)
        default:
            let headers =
                input.bool() ? chain.blocks.prefix(input.choice(8)).map(\.header) : [someBlock(&input).block.header]
            return encoded(.blockHeaders(requestID: id, EncodedList(Array(headers))), capability)
        }
    }

    private func aboutBlocks(_ input: inout FuzzInput) -> BlocksMessage {
        let index = input.choice(chain.blocks.count)
        switch input.choice(7) {
        case 0:
            let number = input.bool() ? chain.blocks[index].number : input.uint64()
            return .newBlockHashes([BlockAnnouncement(hash: chain.blocks[index].hash, number: number)])
        case 1: return .compactBlock(compact(&input))
        case 2: return .getBlocks(requestID: input.uint64(), hashes(&input))
        case 3:
            let indices = TransactionIndices(0..<input.choice(8))
            return .getBlockTransactions(requestID: input.uint64(), block(&input).hash, indices)
        case 4:
            let count = input.choice(chain.transactions.count + 1)
            let list = EncodedList(Array(chain.transactions.prefix(count)))
            return .blockTransactions(requestID: UInt64(input.byte()), list)
        case 5: return control(&input)
        default:
            let (block, total) = someBlock(&input)
            let blocks = EncodedList([GossipBlock(block: block, totalDifficulty: total)])
            return .blocks(requestID: UInt64(input.byte()), blocks)
        }
    }

    private func control(_ input: inout FuzzInput) -> BlocksMessage {
        let ids = hashes(&input).map { TopicMessageID(prefixOf: $0) }
        switch input.choice(4) {
        case 0: return .graft
        case 1: return .prune(MeshPrune(seconds: input.uint64(), contacts: [contact]))
        case 2: return .want(ids)
        default: return .dontWant(ids)
        }
    }

    /// About the topic that the node has, or another one.
    private func aboutTopics(_ input: inout FuzzInput) -> TopicsMessage {
        let topic = UInt64(input.choice(3))
        let ids = hashes(&input).map { TopicMessageID(prefixOf: $0) }
        switch input.choice(8) {
        case 0:
            let name = input.choice(4) > 0 ? FuzzNotes.topic : Topic("nothing")
            return .subscribe([TopicSubscription(number: topic, topic: name)])
        case 1: return .graft([topic])
        case 2: return .prune(topic: topic, MeshPrune(seconds: input.uint64(), contacts: [contact]))
        case 3: return .have(topic: topic, ids)
        case 4: return .want(ids)
        case 5: return .dontWant(ids)
        case 6: return .publish(topic: topic, input.block()[...])
        default: return .unsubscribe([topic])
        }
    }

    private var contact: MeshContact {
        MeshContact(endpoint: Fixed.endpoints[3], publicKey: Fixed.peerKeys[3].publicKey)
    }

    /// A block whose transactions are all given, or some, or none.
    private func compact(_ input: inout FuzzInput) -> CompactBlock {
        let (block, total) = someBlock(&input)
        let given = block.transactions.indices.prefix(input.bool() ? .max : input.choice(4))
        return CompactBlock(
            block, totalDifficulty: total, nonce: UInt64(input.byte()), prefilled: Array(given),
            demand: input.bool() ? .ofSmallBlocks : nil)
    }

    /// The true answer to the oldest or the newest of the node's requests, sometimes damaged.
    private mutating func answer(_ input: inout FuzzInput) -> (capability: Int, id: UInt8, payload: [UInt8])? {
        guard !requests.isEmpty else { return nil }
        let request = requests.remove(at: input.bool() ? requests.count - 1 : 0)
        guard var answer = trueAnswer(to: request) else { return nil }
        if input.choice(4) == 0 { answer.payload = damaged(answer.payload, &input) }
        return answer
    }

    private func trueBlocksAnswer(
        to request: (capability: Int, id: UInt8, payload: [UInt8])
    ) -> (capability: Int, id: UInt8, payload: [UInt8])? {
        switch try? BlocksMessage(id: request.id, payload: request.payload[...]) {
        case .getBlocks(let id, let hashes):
            let blocks = chain.blocks.indices.filter { hashes.contains(chain.blocks[$0].hash) }
                .map { GossipBlock(block: chain.blocks[$0], totalDifficulty: chain.totalDifficulties[$0]) }
            return encoded(.blocks(requestID: id, EncodedList(blocks)))
        case .getBlockTransactions(let id, let hash, let request):
            let all = chain.blocks.first { $0.hash == hash }?.transactions ?? []
            let asked = request.indices.filter(all.indices.contains).map { all[$0] }
            return encoded(.blockTransactions(requestID: id, EncodedList(asked)))
        case .want(let ids):
            guard let index = chain.blocks.firstIndex(where: { ids.contains(TopicMessageID(prefixOf: $0.hash)) }) else {
                return nil
            }
            return encoded(
                .compactBlock(
                    CompactBlock(chain.blocks[index], totalDifficulty: chain.totalDifficulties[index], nonce: 1)))
        default: return nil
        }
    }

    private func trueAnswer(
        to request: (capability: Int, id: UInt8, payload: [UInt8])
    ) -> (capability: Int, id: UInt8, payload: [UInt8])? {
        if request.capability == 4 { return nil }
        if request.capability == 2 { return trueBlocksAnswer(to: request) }
        let version = Self.version(of: request.capability)
        guard let message = try? EthMessage(id: request.id, payload: request.payload[...], version: version) else {
            return nil
        }
        if case .getPooledTransactions(let id, let hashes) = message {
            let asked = chain.transactions.filter { hashes.contains($0.hash) }
            let items = asked.map { transaction in
                var writer = RLPWriter()
                transaction.encode(to: &writer)
                return writer.bytes
            }
            return encoded(.pooledTransactions(requestID: id, EncodedList(encoded: items)), request.capability)
        }
        let form: ReceiptForm = request.capability == 1 ? .withoutBloom : .withBloom
        return ChainServer(chain.store).answer(to: message, receipts: form).map { encoded($0, request.capability) }
    }
}

extension Header {
    fileprivate static let genesisHash = FixedChain.genesisBlock?.hash ?? Hash32()
}

extension FixedChain {
    fileprivate static let genesisBlock = try? GenesisState.block(of: genesis)

    fileprivate var schedule: ForkSchedule {
        ForkSchedule(
            config: Self.genesis.config, genesisHash: Header.genesisHash, genesisTime: Self.genesis.timestamp)
    }
}

extension RepairDemand {
    /// Two sums of parts, which even blocks of few transactions come with.
    static var ofSmallBlocks: RepairDemand {
        var limits = BlockGossipLimits()
        limits.minRepaired = 0
        limits.repairSlack = 2
        return RepairDemand(limits: limits)
    }
}
