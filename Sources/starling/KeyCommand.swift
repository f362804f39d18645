import ArgumentParser
import EthCrypto
import Foundation
import NodeRecord
import Primitives

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Node and account keys.", subcommands: [Generate.self, Show.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new secp256k1 key, as --nodekey and --miner.key take it.")

        @Argument(help: "The file to write. Printed where omitted. An existing file is never overwritten.")
        var file: String?

        @Option(
            help: "Try until the node id has this much work: leading zero bits of its hash ('node --min-node-id-work')."
        )
        var work = 0

        func validate() throws {
            guard NodeIDWork.range.contains(work) else {
                throw ValidationError("--work must be 0 to \(NodeIDWork.range.upperBound)")
            }
            // Before the work is done.
            if let file, FileManager.default.fileExists(atPath: file) {
                throw ValidationError("\(file) exists already; remove it first if it isn't needed")
            }
        }

        func run() throws {
            let key = NodeIDWork.makeKey(work: work)
            if let file {
                try KeyFile.write(key, to: file)
            } else {
                print("private key  0x\(Hex.encode(key.bytes))")
            }
            key.publicKey.show()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what belongs to a key in a file.")

        @Argument(help: "A file with 64 hexadecimal digits.")
        var file: String

        func run() throws { try KeyFile.read(file).publicKey.show() }
    }
}

extension PublicKey {
    fileprivate func show() {
        print("public key   \(hex)")
        print("node id      \(nodeID.hex)")
        print("work         \(nodeID.work) bits")
        print("address      \(address.checksummed)")
    }
}
