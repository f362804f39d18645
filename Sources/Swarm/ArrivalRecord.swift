import SansIO

/// What is counted in a run: when blocks came, how often, and what was sent.
struct ArrivalRecord: Sendable {
    let nodes: Int
    let blocks: Int
    /// By block and node; nil until it is there.
    private var arrivals: [Instant?]
    private var copies: [UInt16]
    private(set) var bytesSent: [Int]
    private(set) var messagesSent: [Int]

    init(nodes: Int, blocks: Int) {
        self.nodes = nodes
        self.blocks = blocks
        arrivals = [Instant?](repeating: nil, count: nodes * blocks)
        copies = [UInt16](repeating: 0, count: nodes * blocks)
        bytesSent = [Int](repeating: 0, count: nodes)
        messagesSent = [Int](repeating: 0, count: nodes)
    }

    mutating func arrived(_ block: Int, at node: Int, _ now: Instant) {
        let place = block * nodes + node
        if arrivals[place] == nil { arrivals[place] = now }
    }

    mutating func copyArrived(_ block: Int, at node: Int) {
        let place = block * nodes + node
        if copies[place] < .max { copies[place] += 1 }
    }

    mutating func sent(_ bytes: Int, by node: Int) {
        bytesSent[node] += bytes
        messagesSent[node] += 1
    }

    func arrival(of block: Int, at node: Int) -> Instant? { arrivals[block * nodes + node] }

    func copies(of block: Int, at node: Int) -> Int { Int(copies[block * nodes + node]) }
}
