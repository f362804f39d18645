import ArgumentParser
import Cluster
import Foundation

/// What another terminal does with a cluster that runs.
extension ClusterCommand {
    struct Target: ParsableArguments {
        @Option(help: "The running cluster's folder; --datadir is as good. Needed only where several are running.")
        var cluster: String?

        func client(_ parent: ClusterCommand) throws -> ControlClient {
            do {
                return try ControlClient(folder: cluster ?? parent.datadir)
            } catch {
                throw CleanExit.failure("cluster: \(error)")
            }
        }
    }

    struct Nodes: ParsableArguments {
        @Argument(help: "The nodes' names, node3 or 3.")
        var node: [String]

        @OptionGroup var target: Target

        /// Asks for something, and waits until every node is in one of these states.
        func carryOut(
            _ command: ControlRequest.Command, _ parent: ClusterCommand, until states: Set<String>,
            failing: Set<String> = [], seconds: Double
        ) async throws {
            do {
                let client = try target.client(parent)
                let reply = try client.ask(ControlRequest(command, nodes: node))
                let names = Set(node.flatMap { [$0, "node" + $0] })
                var nodes = reply.nodes.filter { names.contains($0.name) }
                let limit = Date().addingTimeInterval(seconds)
                while !nodes.allSatisfy({ states.contains($0.state) || failing.contains($0.state) }), Date() < limit {
                    try await Task.sleep(nanoseconds: 200_000_000)
                    nodes = try client.ask(ControlRequest(.status)).nodes.filter { names.contains($0.name) }
                }
                for node in nodes { print("\(node.name): \(node.state)" + (node.note.map { " (\($0))" } ?? "")) }
                guard nodes.allSatisfy({ states.contains($0.state) }) else { throw ExitCode(1) }
            } catch let error as ClusterError {
                throw CleanExit.failure("cluster: \(error)")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the nodes of a running cluster.")

        @OptionGroup var target: Target
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            do {
                let reply = try target.client(parent).ask(ControlRequest(.status))
                print(reply.folder)
                for node in reply.nodes { print(Self.line(node)) }
            } catch let error as ClusterError {
                throw CleanExit.failure("cluster: \(error)")
            }
        }

        private static func line(_ node: ControlReply.Node) -> String {
            func pad(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: max(1, width - text.count))
            }
            let start = pad(node.name, 10) + pad(node.state, 11)
            if let note = node.note { return start + note }
            let pid = node.pid.map { "pid \($0)" } ?? "-"
            let height = node.height.map { "height \($0)" } ?? "-"
            return start + pad(height, 15) + pad(node.peers.map { "\($0) peers" } ?? "-", 10) + pad(pid, 13) + node.rpc
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all there is to know of a running cluster, as JSON: URLs, enodes, keys, process ids.")

        @OptionGroup var target: Target
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            do {
                print(try target.client(parent).ask(ControlRequest(.info)).manifest ?? "")
            } catch let error as ClusterError {
                throw CleanExit.failure("cluster: \(error)")
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop nodes of a running cluster; the others go on.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(.stop, parent, until: ["stopped"], failing: ["dead"], seconds: 60)
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start nodes that were stopped, or have died.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(.start, parent, until: ["up", "syncing"], failing: ["dead"], seconds: 120)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend nodes (SIGSTOP): they keep their connections and say nothing.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws { try await nodes.carryOut(.pause, parent, until: ["paused"], seconds: 10) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let paused nodes go on.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(
                .resume, parent, until: ["up", "syncing", "starting"], failing: ["dead"], seconds: 30)
        }
    }
}
