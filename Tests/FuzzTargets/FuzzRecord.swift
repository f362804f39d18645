import EthCrypto
import NodeRecord
import Primitives
import RLP

/// Node records and `enode` URLs: bytes, text, and pairs of the fuzzer's choice under a valid signature.
public func fuzzRecord(_ bytes: [UInt8]) throws(BrokenProperty) {
    for variant in RLPMender.variants(bytes) {
        if let record = try? NodeRecord(encoded: variant) { try checkRecord(record, encoded: variant) }
        if let signed = signedRecord(variant), let record = try? NodeRecord(encoded: signed) {
            try checkRecord(record, encoded: signed)
            try require(record.publicKey == Fixed.peerKeys[0].publicKey, "a record has another signer")
        }
    }
    try checkText(String(decoding: bytes, as: UTF8.self))
}

/// The items of a list, but with an honest `id`, key and signature, as `[signature, seq, k, v, ...]`.
private func signedRecord(_ bytes: [UInt8]) -> [UInt8]? {
    var reader = RLPReader(bytes)
    guard var list = try? reader.readList(), (try? list.skip()) != nil else { return nil }
    var content = Array(list.remaining)
    // The key of a seed's record is replaced by one whose private key is known.
    let marker: [UInt8] = [0x89] + Array("secp256k1".utf8) + [0xa1]
    if let at = content.indices.first(where: { content[$0...].starts(with: marker) }) {
        let start = at + marker.count
        guard start + 33 <= content.count else { return nil }
        content.replaceSubrange(start..<start + 33, with: Fixed.peerKeys[0].publicKey.compressed)
    }
    var whole = RLPWriter()
    whole.list { $0.writeRaw(content) }
    let signature = Fixed.peerKeys[0].sign(Keccak256.hash(whole.bytes))
    var record = RLPWriter()
    record.list { list in
        list.write(signature.r.bytes + signature.s.bytes)
        list.writeRaw(content)
    }
    return record.bytes
}

private func checkRecord(_ record: NodeRecord, encoded: [UInt8]) throws(BrokenProperty) {
    try require(record.encoded == encoded, "a record keeps other bytes")
    try require(encoded.count <= NodeRecord.maxByteCount, "a record above the limit is taken")
    try require(record.id == record.publicKey.nodeID, "a record has another id than its key")
    let again = try? NodeRecord(text: record.description)
    try require(again == record, "a record doesn't come back from its text")
    _ = (record.ip, record.ip6, record.tcp, record.udp, record.tcp6, record.udp6, record.ethEntry?.count)
    if let contact = NodeContact(record) {
        let enode = try? EnodeURL(contact.enode.description)
        try require(enode == contact.enode, "\(contact.enode) doesn't come back from its text")
    }
    // The same pairs, signed anew, are the same record.
    guard record.publicKey == Fixed.peerKeys[0].publicKey else { return }
    let signed = try? NodeRecordDraft(record).signed(seq: record.seq, by: Fixed.peerKeys[0])
    try require(signed == nil || signed?.encoded == encoded, "signed anew, a record differs")
}

private func checkText(_ text: String) throws(BrokenProperty) {
    if let record = try? NodeRecord(text: text) {
        try require((try? NodeRecord(text: record.description)) == record, "a record's text doesn't come back")
    }
    if let url = try? EnodeURL(text) {
        try require((try? EnodeURL(url.description)) == url, "\(url) doesn't come back")
        _ = url.contact
    }
    if let ip = IPAddress(text) {
        try require(IPAddress("\(ip)") == ip && IPAddress(bytes: ip.bytes) == ip, "\(ip) doesn't come back")
    }
    if let endpoint = Endpoint(text) {
        try require(Endpoint("\(endpoint)") == endpoint, "\(endpoint) doesn't come back")
    }
    if let number = UInt256(text) { try require(UInt256("\(number)") == number, "\(number) doesn't come back") }
}
