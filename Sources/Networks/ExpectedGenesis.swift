public import Chain
import Foundation
public import Primitives

/// The expected hash, state root and fork ids of a genesis: `expected.json` next to a committed `genesis.json`.
public struct ExpectedGenesis: Hashable, Sendable {
    /// A fork id and the first block number and time (seconds since the Unix epoch) at which it applies.
    public struct Entry: Hashable, Sendable {
        public var number: UInt64
        public var time: UInt64
        public var forkID: ForkID

        public init(number: UInt64, time: UInt64, forkID: ForkID) {
            self.number = number
            self.time = time
            self.forkID = forkID
        }
    }

    /// The hash of the genesis block.
    public var hash: Hash32
    /// The root of the genesis state.
    public var stateRoot: Hash32
    /// All fork ids, from genesis on.
    public var forkIDs: [Entry]

    /// Computes the values of a genesis whose state has this root.
    public init(genesis: Genesis, stateRoot: Hash32) {
        let header = genesis.header(stateRoot: stateRoot)
        hash = header.hash
        self.stateRoot = stateRoot
        forkIDs = ForkSchedule(config: genesis.config, genesisHash: hash, genesisTime: header.timestamp).forkIDs
            .map { Entry(number: $0.number, time: $0.time, forkID: $0.forkID) }
    }

    /// Parses the form of `json`.
    ///
    /// - Parameter path: the name of the file in errors.
    /// - Throws: `expectation`.
    public static func parse(_ json: [UInt8], file path: String) throws(NetworkError) -> ExpectedGenesis {
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(json)) else {
            throw .expectation(file: path, key: "the document")
        }
        guard let hash = Hash32(hex: record.hash) else { throw .expectation(file: path, key: "hash") }
        guard let stateRoot = Hash32(hex: record.stateRoot) else { throw .expectation(file: path, key: "stateRoot") }
        var entries: [Entry] = []
        for entry in record.forkIDs {
            guard entry.hash.hasPrefix("0x"), let sum = UInt32(entry.hash.dropFirst(2), radix: 16) else {
                throw .expectation(file: path, key: "forkIDs.hash")
            }
            let forkID = ForkID(hash: sum, next: entry.next)
            entries.append(Entry(number: entry.number, time: entry.time, forkID: forkID))
        }
        return ExpectedGenesis(hash: hash, stateRoot: stateRoot, forkIDs: entries)
    }

    private init(hash: Hash32, stateRoot: Hash32, forkIDs: [Entry]) {
        self.hash = hash
        self.stateRoot = stateRoot
        self.forkIDs = forkIDs
    }

    private struct Record: Decodable {
        struct Entry: Decodable {
            let number: UInt64
            let time: UInt64
            let hash: String
            let next: UInt64
        }
        let hash: String
        let stateRoot: String
        let forkIDs: [Entry]
    }

    /// The content of the file, as JSON.
    public var json: String {
        let entries = forkIDs.map { entry in
            "    {\"number\": \(entry.number), \"time\": \(entry.time), "
                + "\"hash\": \"0x\(ForkID(hash: entry.forkID.hash, next: 0))\", \"next\": \(entry.forkID.next)}"
        }
        return "{\n  \"hash\": \"\(hash)\",\n  \"stateRoot\": \"\(stateRoot)\",\n  \"forkIDs\": [\n"
            + entries.joined(separator: ",\n") + "\n  ]\n}\n"
    }
}
