import ArgumentParser
import Chain
import NodeRecord
import Primitives
import RLP

struct ENRCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enr", abstract: "Ethereum node records (EIP-778).", subcommands: [Decode.self])

    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a record's signature and show what is in it.")

        @Argument(help: "The record's text, 'enr:…'.")
        var record: String

        func run() throws {
            let decoded: NodeRecord
            do {
                decoded = try NodeRecord(text: record)
            } catch {
                throw CleanExit.failure("this is no valid record: \(error)")
            }
            print("node id     \(decoded.id.hex)")
            print("seq         \(decoded.seq)")
            print("signature   valid")
            if let contact = NodeContact(decoded) { print("enode       \(contact.enode)") }
            for (key, value) in decoded.pairs { print(Self.line(String(decoding: key, as: UTF8.self), value, decoded)) }
        }

        private static func line(_ key: String, _ value: [UInt8], _ record: NodeRecord) -> String {
            let text =
                switch key {
                case NodeRecord.Key.ip: record.ip.map(\.description)
                case NodeRecord.Key.ip6: record.ip6.map(\.description)
                case NodeRecord.Key.tcp: record.tcp.map(\.description)
                case NodeRecord.Key.udp: record.udp.map(\.description)
                case NodeRecord.Key.tcp6: record.tcp6.map(\.description)
                case NodeRecord.Key.udp6: record.udp6.map(\.description)
                case NodeRecord.Key.id: record.bytes(of: key).map { String(decoding: $0, as: UTF8.self) }
                case NodeRecord.Key.eth: forkID(value).map { "fork id \($0)" }
                default: String?.none
                }
            let label = key.padding(to: 12)
            return label + (text ?? "0x" + Hex.encode(value))
        }

        /// The `eth` entry is a list whose first element is the fork id.
        private static func forkID(_ value: [UInt8]) -> ForkID? {
            var reader = RLPReader(value)
            guard var list = try? reader.readList() else { return nil }
            return try? list.read(ForkID.self)
        }
    }
}

extension String {
    /// Spaces appended up to a width.
    func padding(to width: Int) -> String {
        count >= width ? self + " " : self + String(repeating: " ", count: width - count)
    }
}
