public import NodeRecord
public import Primitives

/// A node as its operator names it: an `enode://` URL, with an address or a host name, or a record `enr:`.
public enum NodeReference: Sendable, Hashable, CustomStringConvertible {
    case contact(NodeContact)
    /// The host is a name, which stands for whatever address it has at the time.
    case named(EnodeURL)

    /// - Throws: what is wrong, in words for whoever wrote it.
    public init(_ text: some StringProtocol) throws(NodeReferenceError) {
        if text.lowercased().hasPrefix("enr:") {
            guard let record = try? NodeRecord(text: "enr:" + text.dropFirst(4)) else {
                throw NodeReferenceError("'\(text)' is no valid node record; perhaps it was cut off")
            }
            guard let contact = NodeContact(record) else {
                throw NodeReferenceError("the record '\(text)' has no address")
            }
            self = .contact(contact)
            return
        }
        guard text.hasPrefix("enode://") else {
            throw NodeReferenceError("'\(text)' is no node: it must begin with enode:// or enr:")
        }
        let url: EnodeURL
        do throws(EnodeURL.ParseError) {
            url = try EnodeURL(text)
        } catch {
            throw NodeReferenceError("'\(text)' is no node: \(error)")
        }
        switch url.host {
        case .name: self = .named(url)
        case .address(let ip):
            self = .contact(NodeContact(publicKey: url.publicKey, ip: ip, udpPort: url.udpPort, tcpPort: url.tcpPort))
        case nil: throw NodeReferenceError("\(url) has no address: write enode://KEY@ADDRESS:PORT")
        }
    }

    /// A list, as options take it: separated by commas, spaces or new lines.
    public static func list(_ text: String) throws(NodeReferenceError) -> [NodeReference] {
        var nodes: [NodeReference] = []
        for item in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) { nodes.append(try Self(item)) }
        return nodes
    }

    /// Nil for a name.
    public var contact: NodeContact? {
        if case .contact(let contact) = self { contact } else { nil }
    }

    /// The URL whose host is a name; nil for an address.
    public var name: EnodeURL? {
        if case .named(let url) = self { url } else { nil }
    }

    public var publicKey: PublicKey {
        switch self {
        case .contact(let contact): contact.publicKey
        case .named(let url): url.publicKey
        }
    }

    /// Why this node can't be dialed by TCP; nil where it may be.
    public var dialObstacle: String? {
        tcpPort == 0 ? "\(self) has TCP port 0: that node takes no connections" : addressObstacle
    }

    /// Why this node can't be asked by discovery; nil where it may be.
    public var discoveryObstacle: String? {
        udpPort == 0 ? "\(self) has UDP port 0: discovery can't ask that node" : addressObstacle
    }

    private var addressObstacle: String? {
        guard case .contact(let contact) = self, contact.ip.isUnspecified || contact.ip.isMulticast else { return nil }
        return "\(self) has the address \(contact.ip), which is that of no node"
    }

    private var tcpPort: UInt16 {
        switch self {
        case .contact(let contact): contact.tcpPort
        case .named(let url): url.tcpPort
        }
    }

    private var udpPort: UInt16 {
        switch self {
        case .contact(let contact): contact.udpPort
        case .named(let url): url.udpPort
        }
    }

    public var description: String {
        switch self {
        case .contact(let contact): contact.enode.description
        case .named(let url): url.description
        }
    }
}

/// What is wrong with the text of a node, as a part of a sentence.
public struct NodeReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
