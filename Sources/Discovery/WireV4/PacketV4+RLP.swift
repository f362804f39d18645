import NodeRecord
import Primitives
import RLP

/// Extra elements of a list and bytes after the packet's list are ignored, as EIP-8 requires.
extension PacketV4 {
    var type: UInt8 {
        switch self {
        case .ping: 1
        case .pong: 2
        case .findNode: 3
        case .neighbors: 4
        case .enrRequest: 5
        case .enrResponse: 6
        }
    }

    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            switch self {
            case .ping(let ping):
                list.write(ping.version)
                ping.from.encode(to: &list)
                ping.to.encode(to: &list)
                list.write(ping.expiration)
                if let seq = ping.enrSeq { list.write(seq) }
            case .pong(let pong):
                pong.to.encode(to: &list)
                list.write(pong.pingHash)
                list.write(pong.expiration)
                if let seq = pong.enrSeq { list.write(seq) }
            case .findNode(let query):
                list.write(query.target)
                list.write(query.expiration)
            case .neighbors(let neighbors):
                list.list { nodes in
                    for node in neighbors.nodes { node.encode(to: &nodes) }
                }
                list.write(neighbors.expiration)
            case .enrRequest(let request):
                list.write(request.expiration)
            case .enrResponse(let response):
                list.write(response.requestHash)
                list.writeRaw(response.record.encoded)
            }
        }
    }

    /// Decodes the packet data after the type byte.
    init(type: UInt8, data: ArraySlice<UInt8>) throws(PacketErrorV4) {
        guard (1...6).contains(type) else { throw .unknownType(type) }
        do {
            var outer = RLPReader(data)
            var list = try outer.readList()
            self =
                switch type {
                case 1: .ping(try Ping(&list))
                case 2: .pong(try Pong(&list))
                case 3: .findNode(try FindNode(&list))
                case 4: .neighbors(try Neighbors(&list))
                case 5: .enrRequest(ENRRequest(expiration: try list.read()))
                default: .enrResponse(try ENRResponse(&list))
                }
        } catch let error as RLPError {
            throw .malformed(error)
        } catch let error as NodeRecordError {
            throw .invalidRecord(error)
        } catch {
            throw .malformed(.invalidValue)
        }
    }
}

extension PacketV4.Ping {
    fileprivate init(_ list: inout RLPReader) throws(RLPError) {
        version = try list.read()
        from = try EndpointV4(&list)
        to = try EndpointV4(&list)
        expiration = try list.read()
        enrSeq = list.readTrailingSeq()
    }
}

extension PacketV4.Pong {
    fileprivate init(_ list: inout RLPReader) throws(RLPError) {
        to = try EndpointV4(&list)
        pingHash = try list.read()
        expiration = try list.read()
        enrSeq = list.readTrailingSeq()
    }
}

extension PacketV4.FindNode {
    fileprivate init(_ list: inout RLPReader) throws(RLPError) {
        target = try list.read()
        expiration = try list.read()
    }
}

extension PacketV4.Neighbors {
    fileprivate init(_ list: inout RLPReader) throws(RLPError) {
        // A datagram has room for fewer than 20 nodes, so the limit is only a second check.
        nodes = try list.readList(limit: 64) { (list) throws(RLPError) in try PacketV4.Node(&list) }
        expiration = try list.read()
    }
}

extension PacketV4.Node {
    fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        endpoint = try EndpointV4(elements: &list)
        publicKey = try list.read()
    }

    fileprivate func encode(to writer: inout RLPWriter) {
        writer.list { list in
            endpoint.encodeElements(to: &list)
            list.write(publicKey)
        }
    }
}

extension PacketV4.ENRResponse {
    fileprivate init(_ list: inout RLPReader) throws {
        requestHash = try list.read()
        record = try NodeRecord(encoded: try list.readRaw())
    }
}

extension EndpointV4 {
    fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        try self.init(elements: &list)
    }

    fileprivate init(elements list: inout RLPReader) throws(RLPError) {
        ip = IPAddress(bytes: try list.readBytes())
        udpPort = try list.read()
        tcpPort = try list.read()
    }

    fileprivate func encode(to writer: inout RLPWriter) {
        writer.list { encodeElements(to: &$0) }
    }

    fileprivate func encodeElements(to writer: inout RLPWriter) {
        writer.write(ip?.bytes ?? [])
        writer.write(udpPort)
        writer.write(tcpPort)
    }
}

extension RLPReader {
    /// The optional `enr-seq` at the end of a ping or pong. EIP-8's own examples have a list at this index, which is
    /// ignored as an extra element (go-ethereum refuses them).
    fileprivate mutating func readTrailingSeq() -> UInt64? { try? read(UInt64.self) }
}
