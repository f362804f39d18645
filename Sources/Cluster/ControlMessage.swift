import Foundation

/// What another terminal asks of a running cluster.
public struct ControlRequest: Codable, Sendable {
    /// What is asked for.
    public enum Command: String, Codable, Sendable {
        case status, info, stop, start, pause, resume
    }

    public var command: Command
    /// Names of nodes, `node3` or `3`; none for `status` and `info`.
    public var nodes: [String]

    public init(_ command: Command, nodes: [String] = []) {
        self.command = command
        self.nodes = nodes
    }
}

/// A cluster's answer.
public struct ControlReply: Codable, Sendable {
    /// What became of one node.
    public struct Node: Codable, Sendable {
        public var name: String
        /// `up`, `syncing`, `starting`, `no answer`, `paused`, `stopping`, `stopped` or `dead`.
        public var state: String
        /// How a dead node ended, and the last line of its log.
        public var note: String?
        public var rpc: String
        public var pid: Int32?
        public var height: UInt64?
        public var peers: Int?
    }

    /// Why nothing was done; nil where it was.
    public var refusal: String?
    public var folder: String
    public var nodes: [Node]
    /// The manifest, as it was asked for by `info`.
    public var manifest: String?
}
