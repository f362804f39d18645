import ArgumentParser
import Cluster
import Foundation
import NodeRPC
import PeerBook

struct PeersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "Show a running node's peers, and what is held against them.",
        discussion: """
            The columns: who dialed, what the peer calls itself, how long its answers take, its score (0 is good) with the \
            offences that it is made of, and what it has contributed of late.
            """,
        subcommands: [List.self, Bans.self, Sources.self, Table.self], defaultSubcommand: List.self)

    struct RPCTarget: ParsableArguments {
        @Option(help: "The node's JSON-RPC.")
        var rpc = "http://127.0.0.1:8545"

        @Flag(help: "Print the list as JSON, for programs.")
        var json = false

        /// The response as it came.
        private func ask(_ method: String) async throws -> [UInt8] {
            guard let url = URL(string: rpc), ["http", "https"].contains(url.scheme) else {
                throw ValidationError("--rpc \(rpc): write http://ADDRESS:PORT")
            }
            do {
                return Array(try await RPCClient(url: url).call(method).data)
            } catch let error as RPCClient.Failure {
                throw CleanExit.failure("starling: \(error)")
            } catch {
                throw CleanExit.failure("starling: no node answers at \(rpc); is it running, with --http?")
            }
        }

        /// Prints what a table makes of the response and of the time in milliseconds.
        func show(_ method: String, _ table: ([UInt8], Double) throws -> String) async throws {
            let answer = try await ask(method)
            do {
                if json { return print(try PeerTable.json(answer), terminator: "") }
                print(try table(answer, Date().timeIntervalSince1970 * 1000), terminator: "")
            } catch {
                throw CleanExit.failure("starling: \(error)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The connected peers (default).")

        @OptionGroup var target: RPCTarget

        func run() async throws { try await target.show("admin_peers") { try PeerTable.peers($0, now: $1) } }
    }

    struct Bans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who is kept out, for what and for how long.")

        @OptionGroup var target: RPCTarget

        func run() async throws { try await target.show("starling_peerBans") { try PeerTable.bans($0, now: $1) } }
    }

    struct Sources: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "From where the node knows other nodes: the operator, an earlier run, discovery, peers.")

        @OptionGroup var target: RPCTarget

        func run() async throws {
            try await target.show("starling_peerSources") { try PeerTable.sources($0, now: $1) }
        }
    }

    struct Table: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the standard table of offences and merits, to change it for 'node --reputation-table'.")

        func run() { print(ReputationTable.standard, terminator: "") }
    }
}
