import Chain
import DevP2P
import Discovery
import EthCrypto
import EthWire
import Gossip
import NodeRecord
import Primitives
import RLP
import SansIO
import Storage
import Topics

extension Seeds {
    @Sendable static func hello() -> [[UInt8]] {
        let disconnect = [UInt8]([0x01, 0xc1, 0x04])
        let old = list { list in
            list.write(UInt64(4))
            list.write("old".utf8)
            list.write(list: [CapabilityName("eth", version: 63)])
            list.write(UInt64.max)
            list.write(Fixed.peerKeys[0].publicKey)
        }
        return [HostileSession.hello, [0x80] + HostileSession.hello, old, disconnect]
    }

    @Sendable static func connection() -> [[UInt8]] {
        // 12 bytes that declare 16 MiB, and a block of copies.
        let bomb: [UInt8] = [0x80, 0x80, 0x80, 0x08, 0, 1, 0xfe, 1, 0, 0xfe, 1, 0]
        return [
            FuzzOutput.program { output in
                for code in 15...24 as ClosedRange<UInt8> {
                    output.put(0, code)
                    output.put(block: noise(20, UInt64(code)))
                    output.put(11)
                }
            },
            FuzzOutput.program { output in
                output.put(4)
                output.put(block: OutboundMessage(capability: 0, id: 0, compressing: noise(300, 20)).payload)
                output.put(4)
                output.put(
                    block: OutboundMessage(capability: 0, id: 0, compressing: [UInt8](repeating: 0, count: 4000))
                        .payload)
                output.put(14, 4, 10, 14, 12, 13, 1)
                output.put(block: [0xc0])
                output.put(4)
                output.put(block: bomb)
            },
            FuzzOutput.program { output in
                for _ in 0..<30 {
                    output.put(0, 16)
                    output.put(block: [1, 2, 3])
                }
                output.put(11, 11, 10, 17, 10, 17)
            },
            FuzzOutput.program { output in
                output.put(6)
                output.put(uint64: .max)
                output.put(block: [0xc0])
            },
            [6, 1, 1, 0, 3, 0x01, 0x00, 0xc0], [9, 0, 0, 5, 0, 5, 0x10, 1, 0, 0xc0, 0], [13, 2, 0, 1, 0xc0, 15, 4],
        ]
    }

    @Sendable static func eth() -> [[UInt8]] {
        guard let chain = FixedChain.shared else { return [] }
        let headers = chain.blocks.prefix(2).map(\.header)
        let bodies = chain.blocks.prefix(3).map(\.body)
        let receipts = chain.blocks.prefix(2).map { (try? chain.store.receipts($0.hash)) ?? [] }
        let announced = chain.transactions.map { TransactionAnnouncements.Entry($0) }
        let hashes = chain.blocks.map(\.hash)
        let fork = ForkID(hash: 0x0102_0304, next: 5)
        let range = BlockRange(earliest: 0, latest: 6, latestHash: hashes[5])
        var messages: [EthMessage] = [
            .newBlockHashes([BlockAnnouncement(hash: hashes[0], number: 1)]),
            .transactions(EncodedList(allTransactions)),
            .getBlockHeaders(requestID: 1, HeadersRequest(from: .hash(hashes[0]), limit: 192)),
            .getBlockHeaders(
                requestID: .max, HeadersRequest(from: .number(.max), limit: .max, skip: .max, isReverse: true)),
            .blockHeaders(requestID: 1, EncodedList(headers)),
            .getBlockBodies(requestID: 1, hashes),
            .blockBodies(requestID: 1, EncodedList(bodies)),
            .newBlock(chain.blocks[1], totalDifficulty: .max),
            .newPooledTransactionHashes(TransactionAnnouncements(announced)),
            .blockRangeUpdate(range),
        ]
        let status = EthStatus(networkID: 1, genesisHash: hashes[0], forkID: fork, range: range)
        messages.append(.status(status))
        let payloads = messages.map { encoded($0, .eth69) }
        let old = EthStatus(
            networkID: 1, genesisHash: hashes[0], forkID: fork, totalDifficulty: .max, headHash: hashes[1])
        return payloads + [
            encoded(.receipts(requestID: 1, EncodedReceipts(receipts, form: .withoutBloom)), .eth69),
            encoded(.receipts(requestID: 1, EncodedReceipts(receipts, form: .withBloom)), .eth68),
            encoded(.status(old), .eth68), [0xc2, 0x01, 0xc0], [0xc3, 0x01, 0xc1, 0xc0], [0xc0],
        ]
    }

    private static func encoded(_ message: EthMessage, _ version: EthVersion) -> [UInt8] {
        var writer = RLPWriter()
        message.encode(version: version.number, into: &writer)
        return writer.bytes
    }

    @Sendable static func topics() -> [[UInt8]] {
        let ids = [TopicMessageID(1, 2), TopicMessageID(.max, 0)]
        let contact = MeshContact(endpoint: Fixed.endpoints[1], publicKey: Fixed.peerKeys[1].publicKey)
        let messages: [TopicsMessage] = [
            .subscribe([TopicSubscription(number: 63, topic: FuzzNotes.topic)]), .unsubscribe([1, .max]), .graft([0]),
            .prune(topic: 1, MeshPrune(seconds: 60, contacts: [contact])), .have(topic: 1, ids), .want(ids),
            .dontWant(ids), .publish(topic: .max, [1, 2, 3]),
        ]
        return messages.map(encoded)
    }

    @Sendable static func blocks() -> [[UInt8]] {
        guard let chain = FixedChain.shared else { return [] }
        let blocks = (0..<3).map { GossipBlock(block: chain.blocks[$0], totalDifficulty: chain.totalDifficulties[$0]) }
        let last = chain.blocks[2]
        let ids = blocks.map { TopicMessageID(prefixOf: $0.block.hash) }
        let contact = MeshContact(endpoint: Fixed.endpoints[1], publicKey: Fixed.peerKeys[1].publicKey)
        let messages: [BlocksMessage] = [
            .newBlockHashes(chain.blocks.map { BlockAnnouncement(hash: $0.hash, number: $0.number) }),
            .compactBlock(CompactBlock(last, totalDifficulty: 7, nonce: 1)),
            .compactBlock(CompactBlock(last, totalDifficulty: 7, nonce: 2, demand: .ofSmallBlocks)),
            .compactBlock(
                CompactBlock(last, totalDifficulty: .max, nonce: .max, prefilled: Array(last.transactions.indices))),
            .getBlockTransactions(requestID: 1, last.hash, TransactionIndices([0, 2, 65_535])),
            .blockTransactions(requestID: 2, EncodedList(last.transactions)),
            .getBlocks(requestID: .max, chain.blocks.map(\.hash)), .blocks(requestID: 3, EncodedList(blocks)),
            .graft, .prune(MeshPrune(seconds: 60, contacts: [contact])), .want(ids), .dontWant(ids),
        ]
        return messages.map(encoded)
    }

    private static func encoded(_ message: some CapabilityMessage) -> [UInt8] {
        var writer = RLPWriter()
        message.encode(into: &writer)
        return writer.bytes
    }

    /// A transaction of each type.
    private static let allTransactions: [Transaction] = {
        let key = Fixed.peerKeys[2]
        let to = Fixed.peerKeys[3].publicKey.address
        let access = [AccessListEntry(address: to, storageKeys: [.emptyListHash])]
        let authorization = Authorization(chainID: 1, address: to, nonce: 0, signedBy: key)
        return [
            LegacyTransaction(nonce: 1, gasPrice: 2, gasLimit: 21_000, to: to, value: 3).signed(by: key, chainID: nil),
            LegacyTransaction(nonce: .max, gasPrice: .max, gasLimit: .max, to: nil, value: .max, data: [1, 0])
                .signed(by: key, chainID: .max / 4),
            AccessListTransaction(
                chainID: 1, nonce: 0, gasPrice: 1, gasLimit: 50_000, to: to, value: 1, accessList: access
            ).signed(by: key),
            DynamicFeeTransaction(
                chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 2, gasLimit: 50_000, to: nil, value: 1,
                data: [0x60, 0], accessList: access
            ).signed(by: key),
            BlobTransaction(
                chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 2, gasLimit: 50_000, to: to, value: 0,
                accessList: access, maxFeePerBlobGas: 1, blobHashes: [.emptyListHash]
            ).signed(by: key),
            SetCodeTransaction(
                chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 2, gasLimit: 90_000, to: to, value: 0,
                authorizations: [authorization]
            ).signed(by: key),
        ]
    }()

    @Sendable static func transaction() -> [[UInt8]] {
        // With a sidecar: [transaction, blobs, commitments, proofs], of no blobs.
        let blob = allTransactions[4].encoded
        let sidecar = list { list in
            list.writeRaw(blob.dropFirst())
            for _ in 0..<3 { list.writeEmptyList() }
        }
        return allTransactions.map(\.encoded) + [[3] + sidecar, item(allTransactions[5])]
    }

    @Sendable static func block() -> [[UInt8]] {
        guard let chain = FixedChain.shared else { return [] }
        var modern = chain.blocks[2].header
        modern.withdrawalsRoot = .emptyTrieRoot
        modern.blobGasUsed = 0
        modern.excessBlobGas = .max
        modern.parentBeaconBlockRoot = .emptyListHash
        modern.requestsHash = .emptyListHash
        let withdrawal = Withdrawal(
            index: 1, validatorIndex: 2, address: Fixed.peerKeys[0].publicKey.address, amount: .max)
        let body = BlockBody(transactions: allTransactions, ommers: [modern], withdrawals: [withdrawal])
        let log = Log(address: withdrawal.address, topics: [.emptyListHash], data: [1, 2, 3])
        let receipt = Receipt(type: 2, status: .succeeded, cumulativeGasUsed: 21_000, logs: [log])
        var short = RLPWriter()
        receipt.encodeWithoutBloom(to: &short)
        return [
            item(chain.blocks[0].header), item(modern), item(body), item(chain.blocks[2]),
            item(Block(header: modern, body: body)), item(withdrawal), item(log), receipt.consensusEncoding,
            short.bytes,
            item(Account(nonce: 1, balance: .max)),
        ]
    }

    @Sendable static func packet() -> [[UInt8]] {
        let expiration = Fixed.now.unixSeconds + 20
        let endpoint = EndpointV4(ip: .v4(0x0808_0808), udpPort: 30303, tcpPort: 30303)
        let nodes = Fixed.peerKeys.map { PacketV4.Node(endpoint: endpoint, publicKey: $0.publicKey) }
        var packets: [PacketV4] = [
            .ping(PacketV4.Ping(from: endpoint, to: endpoint, expiration: expiration, enrSeq: 1)),
            .ping(
                PacketV4.Ping(
                    from: EndpointV4(ip: nil, udpPort: 0, tcpPort: 0), to: endpoint, expiration: .max, enrSeq: nil)),
            .pong(PacketV4.Pong(to: endpoint, pingHash: .emptyListHash, expiration: expiration, enrSeq: .max)),
            .findNode(PacketV4.FindNode(target: Fixed.nodeKey.publicKey, expiration: expiration)),
            .neighbors(PacketV4.Neighbors(nodes: nodes, expiration: expiration)),
            .enrRequest(PacketV4.ENRRequest(expiration: expiration)),
        ]
        var draft = NodeRecordDraft()
        draft.setAddress(.v4(0x0808_0808))
        if let record = try? draft.signed(seq: 1, by: Fixed.peerKeys[0]) {
            packets.append(.enrResponse(PacketV4.ENRResponse(requestHash: .emptyListHash, record: record)))
        }
        // The signed part: it is what the target signs anew.
        return packets.map { Array(EnvelopeV4.seal($0, by: Fixed.peerKeys[0]).datagram.dropFirst(97)) }
    }
}
