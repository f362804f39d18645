import ArgumentParser
import Chain
import Execution
import Files
import Foundation
import Networks
import Primitives

extension GenesisCommand {
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Write the genesis file of a Clique network of your own.",
            discussion: """
                All forks up to London are active from the first block on. A signer is an account that may seal blocks; \
                'starling key generate FILE' makes a key and shows its address.
                """)

        @Option(help: ArgumentHelp("Addresses of the signers, separated by commas.", valueName: "addresses"))
        var signers: String

        @Option(help: "Seconds between blocks; 0 for a block whenever there are transactions.")
        var period: UInt64 = 5

        @Option(
            name: .customLong("chain-id"),
            help: "Chain id, which is the network id too. Choose one that nobody else uses.")
        var chainID: UInt64 = Genesis.devnetChainID

        @Option(help: ArgumentHelp("An account and its balance; may be repeated.", valueName: "address=wei"))
        var alloc: [String] = []

        @Option(help: "The file to write. Printed where omitted. An existing file is never overwritten.")
        var output: String?

        func run() throws {
            let addresses = try signerAddresses()
            guard period <= UInt64(UInt32.max) else { throw ValidationError("--period \(period): that is for ever") }
            guard chainID > 0, chainID <= GenesisFile.maxChainID else {
                throw ValidationError("--chain-id: choose a number from 1 to \(GenesisFile.maxChainID)")
            }
            var genesis = Genesis.devnet(
                signers: addresses, period: period, chainID: chainID,
                timestamp: UInt64(max(0, Date().timeIntervalSince1970)))
            genesis.setAlloc(
                try balances().map { GenesisAllocation(address: $0.key, account: GenesisAccount(balance: $0.value)) })
            let json = GenesisFile.json(genesis)
            do throws(GenesisFileError) {
                // What a node would refuse isn't written.
                _ = try GenesisFile.parse(Array(json.utf8), file: "the genesis")
            } catch {
                throw CleanExit.failure("genesis: \(error)")
            }
            guard let output else { return print(json, terminator: "") }
            do throws(FileError) {
                try AtomicFile.write(json.utf8, to: output, replacing: false)
            } catch {
                throw CleanExit.failure("genesis: \(error)")
            }
            print("hash        \(try GenesisState.block(of: genesis).hash)")
        }

        private func signerAddresses() throws -> [Address] {
            var addresses: [Address] = []
            for text in signers.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
                let address = try Self.address(text, "--signers")
                guard address != .zero else {
                    throw ValidationError("--signers: nobody has the key of the address 0x00…00")
                }
                guard !addresses.contains(address) else { throw ValidationError("--signers: \(text) is given twice") }
                addresses.append(address)
            }
            guard !addresses.isEmpty else { throw ValidationError("--signers: name at least one address") }
            return addresses
        }

        private func balances() throws -> [Address: UInt256] {
            var balances: [Address: UInt256] = [:]
            for text in alloc {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, let wei = UInt256(String(parts[1])) else {
                    throw ValidationError("--alloc \(text): write ADDRESS=WEI, with a whole number of wei")
                }
                guard balances.updateValue(wei, forKey: try Self.address(parts[0], "--alloc")) == nil else {
                    throw ValidationError("--alloc: \(parts[0]) is given twice")
                }
            }
            return balances
        }

        private static func address(_ text: Substring, _ option: String) throws -> Address {
            guard let address = Address(hex: text) else {
                throw ValidationError("\(option): '\(text)' is no address; it has 40 hexadecimal digits after 0x")
            }
            return address
        }
    }
}
