import Foundation

/// A request from another terminal to a running cluster.
package struct ControlRequest: Codable, Sendable {
    /// The command.
    package enum Command: String, Codable, Sendable {
        case status, info, stop, start, pause, resume
    }

    package var command: Command
    /// Names of nodes, `node3` or `3`; none for `status` and `info`.
    package var nodes: [String]

    package init(_ command: Command, nodes: [String] = []) {
        self.command = command
        self.nodes = nodes
    }
}

/// The reply of a cluster.
package struct ControlReply: Codable, Sendable {
    /// The state of one node.
    package struct Node: Codable, Sendable {
        package var name: String
        /// `up`, `syncing`, `starting`, `no answer`, `paused`, `stopping`, `stopped` or `dead`.
        package var state: String
        /// How a dead node ended, with the last line of its log.
        package var note: String?
        package var rpc: String
        package var pid: Int32?
        package var height: UInt64?
        package var peers: Int?
    }

    /// Why the request was refused; nil if it was carried out.
    package var refusal: String?
    package var folder: String
    package var nodes: [Node]
    /// The manifest as JSON; only for `info`.
    package var manifest: String?
}
