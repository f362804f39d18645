import CLibCrypto
public import Primitives

/// Whether `a` and `b` are equal, in a time that depends on their lengths only: a comparison that stops at the first
/// difference tells a forger how many bytes of a MAC are right.
public func constantTimeEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count else { return false }
    guard let left = a.baseAddress, let right = b.baseAddress else { return true }
    return CRYPTO_memcmp(left, right, a.count) == 0
}

/// As `constantTimeEqual` for buffers; copies a collection whose bytes are not contiguous in memory.
public func constantTimeEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
    let isEqual = a.withContiguousStorageIfAvailable { a in
        b.withContiguousStorageIfAvailable { b in
            constantTimeEqual(UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
        }
    }
    if case .some(.some(let isEqual)) = isEqual { return isEqual }
    return Array(a).withUnsafeBytes { a in Array(b).withUnsafeBytes { b in constantTimeEqual(a, b) } }
}

/// As `constantTimeEqual` for buffers.
public func constantTimeEqual<Value: FixedBytes>(_ a: Value, _ b: Value) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in constantTimeEqual(a, b) } }
}
