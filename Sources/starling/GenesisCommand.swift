import ArgumentParser
import Chain
import Execution
import Files
import Networks
import Primitives

struct GenesisCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "genesis", abstract: "Genesis files in go-ethereum's format.",
        subcommands: [HashCommand.self, ForkIDs.self, New.self])

    struct File: ParsableArguments {
        @Argument(help: "A genesis.json, or the name of a network: mainnet, sepolia, holesky, hoodi, devnet.")
        var genesis: String

        func load() throws -> (genesis: Genesis, header: Header) {
            do {
                let network = try NetworkDefinition.named(genesis)
                for note in network.notes { OutputDescriptor.standardError.writeLine("warning: \(note)") }
                return (network.genesis, try GenesisState.block(of: network.genesis).header)
            } catch {
                throw CleanExit.failure("genesis: \(error)")
            }
        }
    }

    struct HashCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hash", abstract: "Compute the hash of the genesis block and its state root.")

        @OptionGroup var file: File

        func run() throws {
            let header = try file.load().header
            print("hash        \(header.hash)")
            print("state root  \(header.stateRoot)")
        }
    }

    struct ForkIDs: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forkids", abstract: "Compute the fork ids of a network (EIP-2124, EIP-6122).")

        @OptionGroup var file: File

        func run() throws {
            let (genesis, header) = try file.load()
            let schedule = ForkSchedule(
                config: genesis.config, genesisHash: header.hash, genesisTime: header.timestamp)
            print("from block  from time   fork id     next")
            for (number, time, forkID) in schedule.forkIDs {
                let hash = ForkID(hash: forkID.hash, next: 0).description
                print("\(number)".padding(to: 12) + "\(time)".padding(to: 12) + "0x\(hash)  \(forkID.next)")
            }
        }
    }
}
