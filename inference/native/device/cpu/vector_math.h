// exp and tanh on vectors; included by the kernels of one instruction set, inside its namespace, after WC_SIMD_INLINE and Vec are defined.

template <size_t N>
WC_SIMD_INLINE Vec polynomial(Vec x, const float (&c)[N]) {
  Vec y = broadcast(c[N - 1]);
  for (size_t i = 1; i < N; i++) y = fmadd(y, x, broadcast(c[N - 1 - i]));
  return y;
}

// exp for |x| <= 87, relative error about 1e-7 (Cephes' expf). A NaN stays one.
WC_SIMD_INLINE Vec exp(Vec x) {
  static constexpr float C[] = {5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f, 8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f};
  const Vec n = nearest(mul(x, broadcast(1.44269504088896341f)));
  const Vec r = fnmadd(n, broadcast(-2.12194440e-4f), fnmadd(n, broadcast(0.693359375f), x));
  return times_power(add(fmadd(polynomial(r, C), mul(r, r), r), broadcast(1.0f)), n);
}

// tanh, relative error below 4e-7: x P(x^2) / Q(x^2), both fitted for the smallest relative error up to 8.5, where tanh is 1 in float32.
// A NaN stays one.
WC_SIMD_INLINE Vec tanh(Vec x) {
  static constexpr float P[] = {9.999999883e-01f, 1.341323244e-01f, 3.534008878e-03f, 2.125071913e-05f, 1.426872063e-08f};
  static constexpr float Q[] = {1.0f, 4.674655521e-01f, 2.602268491e-02f, 3.348834128e-04f, 8.144927999e-07f};
  x = max(broadcast(-8.5f), min(broadcast(8.5f), x));
  const Vec z = mul(x, x);
  return div(mul(x, polynomial(z, P)), polynomial(z, Q));
}
