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
        subcommands: [List.self, Bans.self, Table.self], defaultSubcommand: List.self)

    struct RPCTarget: ParsableArguments {
        @Option(help: "The node's JSON-RPC.")
        var rpc = "http://127.0.0.1:8545"

        /// The response as it came.
        func ask(_ method: String) async throws -> [UInt8] {
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

        var now: Double { Date().timeIntervalSince1970 * 1000 }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The connected peers (default).")

        @OptionGroup var target: RPCTarget

        func run() async throws {
            let answer = try await target.ask("admin_peers")
            do {
                print(try PeerTable.peers(answer, now: target.now), terminator: "")
            } catch {
                throw CleanExit.failure("starling: \(error)")
            }
        }
    }

    struct Bans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who is kept out, for what and for how long.")

        @OptionGroup var target: RPCTarget

        func run() async throws {
            let answer = try await target.ask("starling_peerBans")
            do {
                print(try PeerTable.bans(answer, now: target.now), terminator: "")
            } catch {
                throw CleanExit.failure("starling: \(error)")
            }
        }
    }

    struct Table: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the standard table of offences and merits, to change it for 'node --reputation-table'.")

        func run() { print(ReputationTable.standard, terminator: "") }
    }
}
